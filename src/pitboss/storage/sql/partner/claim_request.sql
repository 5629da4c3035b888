INSERT INTO partner_request (agent_id, request_id, operation, said, status, body, at)
VALUES ($1, $2, $3, $4, 0, '', $5)
ON CONFLICT (agent_id, request_id) DO NOTHING
RETURNING 1
