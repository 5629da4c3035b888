SELECT 1 FROM wallet WHERE agent_id = $1 AND user_in_game = $2 AND player_id IS NOT NULL
