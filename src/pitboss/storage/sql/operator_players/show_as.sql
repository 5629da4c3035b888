UPDATE player SET display_name = $3
WHERE agent_id = $1 AND player_id = $2 AND display_name IS DISTINCT FROM $3
