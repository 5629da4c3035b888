DELETE FROM player_limit WHERE agent_id = $1 AND player_id = $2
