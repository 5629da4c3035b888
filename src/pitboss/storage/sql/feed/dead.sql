SELECT d.seq, d.at, d.problem, d.again, e.kind, e.unique_id
FROM feed_dead_letter d
LEFT JOIN event e ON e.agent_id = $1 AND e.seq = d.seq
WHERE d.agent_id = $1 AND d.feed = $2
ORDER BY d.seq
LIMIT $3
