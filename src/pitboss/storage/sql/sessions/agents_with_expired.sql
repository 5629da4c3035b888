SELECT DISTINCT agent_id FROM session WHERE ended_at IS NULL AND expires_at < $1
