SELECT profile FROM event_game WHERE agent_id = $1 AND game_id = $2
