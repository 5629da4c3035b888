SELECT id FROM outbox WHERE agent_id = $1 ORDER BY id LIMIT $2
