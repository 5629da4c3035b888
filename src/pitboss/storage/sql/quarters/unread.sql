-- Agents whose journal has more than the generation of roll-ups that is read.
SELECT h.agent_id, COALESCE(g.generation, 0) AS generation
FROM journal_head h
LEFT JOIN report_generation g ON g.agent_id = h.agent_id
LEFT JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = 'reports.' || COALESCE(g.generation, 0)
WHERE h.last_seq > COALESCE(c.last_seq, 0)
