UPDATE feed SET last_seq = LEAST(last_seq, $3), upto = NULL, tries = 0, due = $4, taken_by = NULL, taken_until = NULL
WHERE agent_id = $1 AND name = $2
RETURNING last_seq
