UPDATE partner_request SET status = $3, body = $4 WHERE agent_id = $1 AND request_id = $2
