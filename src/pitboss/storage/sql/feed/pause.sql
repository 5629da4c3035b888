UPDATE feed SET paused = $3, taken_by = NULL, taken_until = NULL WHERE agent_id = $1 AND name = $2 RETURNING last_seq
