INSERT INTO own_event_game (agent_id, provider_id, version, game_id) VALUES ($1, $2, -1, 0) ON CONFLICT DO NOTHING
