-- Bounded, so that a backlog holds no locks for long; what is left is there at the next turn.
DELETE FROM partner_request
WHERE agent_id = $1
  AND request_id IN (SELECT request_id FROM partner_request WHERE agent_id = $1 AND at < $2 ORDER BY at LIMIT 1000)
RETURNING 1
