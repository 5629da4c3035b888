SELECT said, status, body FROM partner_request WHERE agent_id = $1 AND request_id = $2 FOR NO KEY UPDATE
