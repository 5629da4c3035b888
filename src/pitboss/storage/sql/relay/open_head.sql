INSERT INTO journal_head (agent_id, last_seq) VALUES ($1, 0) ON CONFLICT DO NOTHING
