SELECT seq, received_at FROM event WHERE agent_id = $1 ORDER BY seq LIMIT 1
