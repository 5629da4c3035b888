DELETE FROM feed WHERE agent_id = $1 AND name = $2 RETURNING last_seq
