SELECT player_id, profile, said FROM event_player WHERE agent_id = $1 AND player_id = ANY ($2::text[])
