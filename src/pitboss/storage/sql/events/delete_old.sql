DELETE FROM event WHERE agent_id = $1 AND seq <= $2 AND received_at < $3
