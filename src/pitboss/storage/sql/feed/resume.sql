UPDATE feed SET paused = NULL, tries = 0, due = $3, taken_by = NULL, taken_until = NULL WHERE agent_id = $1 AND name = $2
RETURNING last_seq
