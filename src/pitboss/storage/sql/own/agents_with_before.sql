SELECT agent_id FROM own_event_before WHERE what <> 'done'
