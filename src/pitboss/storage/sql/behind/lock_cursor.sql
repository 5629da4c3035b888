SELECT c.last_seq, (SELECT h.last_seq FROM journal_head h WHERE h.agent_id = $1)
FROM journal_cursor c
WHERE c.agent_id = $1 AND c.reader = $2
FOR UPDATE OF c SKIP LOCKED
