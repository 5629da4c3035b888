INSERT INTO journal_cursor (agent_id, reader, last_seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING
RETURNING last_seq
