INSERT INTO api_error (
  agent_id, id, at, direction, dialect, command, reference, url, http_status, error, duration_ms, request, answer
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT DO NOTHING
