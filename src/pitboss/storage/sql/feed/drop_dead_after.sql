DELETE FROM feed_dead_letter WHERE agent_id = $1 AND feed = $2 AND seq > $3
