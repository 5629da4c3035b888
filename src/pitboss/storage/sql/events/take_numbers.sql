UPDATE event_head SET last_seq = last_seq + $2 WHERE agent_id = $1 RETURNING last_seq
