UPDATE bonus_campaign
SET studio_state = $4, studio_id = CASE WHEN $5::text IS NULL THEN studio_id ELSE $5 END, studio_error = $6, due = $7
WHERE agent_id = $1 AND id = $2 AND studio_state = $3
