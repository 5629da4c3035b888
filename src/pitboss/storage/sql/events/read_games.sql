SELECT game_id, profile, said FROM event_game WHERE agent_id = $1 AND game_id = ANY ($2::text[])
