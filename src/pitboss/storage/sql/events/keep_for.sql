INSERT INTO event_head (agent_id, last_seq, keep_days) VALUES ($1, 0, $2)
ON CONFLICT (agent_id) DO UPDATE SET keep_days = excluded.keep_days
