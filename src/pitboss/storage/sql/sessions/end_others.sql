UPDATE session
SET ended_at = $4, end_reason = $5
WHERE agent_id = $1 AND player_id = $2 AND token <> $3 AND ended_at IS NULL
RETURNING provider_id, token, expires_at
