INSERT INTO feed_dead_letter (agent_id, feed, seq, at, problem)
SELECT f.agent_id, f.name, u.seq, $3, u.problem
FROM feed f CROSS JOIN unnest($4::bigint[], $5::text[]) AS u (seq, problem)
WHERE f.agent_id = $1 AND f.name = $2
ON CONFLICT (agent_id, feed, seq) DO UPDATE SET at = excluded.at, problem = excluded.problem, again = false
