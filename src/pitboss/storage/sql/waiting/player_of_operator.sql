SELECT player_id FROM player WHERE agent_id = $1 AND operator_user_id = $2
