UPDATE own_event_game SET version = $3, game_id = $4 WHERE agent_id = $1 AND provider_id = $2
