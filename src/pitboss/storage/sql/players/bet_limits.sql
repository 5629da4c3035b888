SELECT bet_limits FROM player WHERE agent_id = $1 AND player_id = $2
