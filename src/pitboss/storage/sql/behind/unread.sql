-- Agents whose journal has more than this reader has read.
SELECT h.agent_id
FROM journal_head h
LEFT JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = $1
WHERE h.last_seq > COALESCE(c.last_seq, 0)
