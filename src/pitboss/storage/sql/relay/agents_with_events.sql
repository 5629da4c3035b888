SELECT DISTINCT agent_id FROM outbox
