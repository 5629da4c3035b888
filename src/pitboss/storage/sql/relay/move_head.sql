UPDATE journal_head
SET last_seq = (SELECT max(seq) FROM journal WHERE agent_id = $1)
WHERE agent_id = $1
RETURNING last_seq
