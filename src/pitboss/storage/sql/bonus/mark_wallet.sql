UPDATE wallet SET has_bonuses = true WHERE agent_id = $1 AND id = $2
