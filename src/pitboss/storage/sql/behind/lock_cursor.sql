SELECT last_seq FROM journal_cursor WHERE agent_id = $1 AND reader = $2 FOR UPDATE SKIP LOCKED
