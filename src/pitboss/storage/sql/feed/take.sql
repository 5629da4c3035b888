UPDATE feed SET taken_by = $3::uuid, taken_until = $5
WHERE agent_id = $1 AND name = $2 AND paused IS NULL AND due <= $4 AND (taken_until IS NULL OR taken_until <= $4)
RETURNING url, sealed_key
