-- The same batch again later, by whoever comes first.
UPDATE feed SET due = $4, upto = $5, tries = tries + 1, last_error = $6, taken_by = NULL, taken_until = NULL
WHERE agent_id = $1 AND name = $2 AND taken_by = $3::uuid
