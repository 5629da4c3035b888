UPDATE player SET limited = $3 WHERE agent_id = $1 AND player_id = $2
