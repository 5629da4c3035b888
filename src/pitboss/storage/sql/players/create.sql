INSERT INTO player (agent_id, player_id, username, currency, country, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (agent_id, username) DO NOTHING
RETURNING player_id
