UPDATE feed SET sealed_key = $3 WHERE agent_id = $1 AND name = $2 RETURNING last_seq
