SELECT version FROM wallet WHERE agent_id = $1 AND id = $2
