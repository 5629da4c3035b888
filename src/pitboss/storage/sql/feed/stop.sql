UPDATE feed SET paused = $4, last_error = $4, taken_by = NULL, taken_until = NULL
WHERE agent_id = $1 AND name = $2 AND taken_by = $3::uuid
