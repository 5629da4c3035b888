UPDATE feed SET last_seq = $4, upto = NULL, tries = 0, last_error = NULL, delivered = delivered + $5, delivered_at = $6
WHERE agent_id = $1 AND name = $2 AND taken_by = $3::uuid AND last_seq <= $4
RETURNING 1
