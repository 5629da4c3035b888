UPDATE journal_cursor SET last_seq = $3 WHERE agent_id = $1 AND reader = $2
