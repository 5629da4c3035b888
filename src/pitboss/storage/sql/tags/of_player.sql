SELECT name, number, text FROM player_tag WHERE agent_id = $1 AND player_id = $2 ORDER BY name
