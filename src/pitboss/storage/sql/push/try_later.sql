UPDATE push SET due = $5 WHERE agent_id = $1 AND kind = $2 AND provider_id = $3 AND subject = $4
