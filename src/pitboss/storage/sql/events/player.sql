SELECT profile FROM event_player WHERE agent_id = $1 AND player_id = $2
