INSERT INTO player (agent_id, player_id, username, currency, country, operator_user_id, display_name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING player_id
