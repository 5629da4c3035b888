UPDATE feed SET due = $3, tries = 0 WHERE agent_id = $1 AND name = $2 RETURNING last_seq
