INSERT INTO feed (agent_id, name, url, sealed_key, last_seq, due, created_at)
SELECT $1, $2, $3, $4, CASE WHEN $5 THEN COALESCE((SELECT h.last_seq FROM event_head h WHERE h.agent_id = $1), 0) ELSE 0 END, $6, $6
ON CONFLICT DO NOTHING
RETURNING last_seq
