INSERT INTO event_head (agent_id, last_seq) VALUES ($1, 0) ON CONFLICT (agent_id) DO NOTHING
