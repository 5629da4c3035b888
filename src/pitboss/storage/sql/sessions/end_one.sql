UPDATE session
SET ended_at = $3, end_reason = $4
WHERE agent_id = $1 AND token = $2 AND ended_at IS NULL
RETURNING provider_id, token, expires_at
