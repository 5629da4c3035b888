SELECT provider_id, token, expires_at
FROM session
WHERE agent_id = $1 AND player_id = $2 AND ended_at IS NULL AND expires_at > $3
