DELETE FROM player_tag WHERE agent_id = $1 AND player_id = $2 AND name = ANY ($3::text[])
