UPDATE player SET bet_limits = $3::jsonb WHERE agent_id = $1 AND player_id = $2
