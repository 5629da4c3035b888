DELETE FROM player_away WHERE agent_id = $1 AND player_id = $2
