SELECT COALESCE(max(last_seq), 0) FROM event_head WHERE agent_id = $1
