SELECT player_id FROM player WHERE agent_id = $1 AND username = $2 AND operator_user_id IS NULL
