-- Still ours, and for a while longer.
UPDATE feed SET taken_until = $5
WHERE agent_id = $1 AND name = $2 AND taken_by = $3::uuid AND taken_until > $4 AND paused IS NULL
RETURNING last_seq, upto, tries
