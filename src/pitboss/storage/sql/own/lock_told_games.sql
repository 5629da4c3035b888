SELECT version, game_id FROM own_event_game WHERE agent_id = $1 AND provider_id = $2 FOR UPDATE SKIP LOCKED
