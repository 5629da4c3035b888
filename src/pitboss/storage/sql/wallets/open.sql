INSERT INTO wallet (agent_id, id, user_in_game, player_id, currency)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agent_id, user_in_game) DO NOTHING
