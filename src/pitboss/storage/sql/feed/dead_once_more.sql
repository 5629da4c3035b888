UPDATE feed_dead_letter SET again = true WHERE agent_id = $1 AND feed = $2
