SELECT last_seq FROM journal_head WHERE agent_id = $1
