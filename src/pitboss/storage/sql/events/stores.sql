SELECT agent_id, keep_days FROM event_head ORDER BY agent_id
