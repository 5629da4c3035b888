-- Bounded, so that a backlog holds no locks for long; what is left is there at the next turn.
DELETE FROM api_error
WHERE agent_id = $1 AND id IN (SELECT id FROM api_error WHERE agent_id = $1 AND id < $2 ORDER BY id LIMIT 1000)
RETURNING 1
