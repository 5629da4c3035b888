SELECT min(seq) FROM event WHERE agent_id = $1 AND received_at >= $2
