UPDATE bonus_campaign
SET
  canceled_at = $3, tries = 0,
  studio_state = CASE WHEN studio_state = 'refused' THEN studio_state ELSE 'canceling' END,
  due = CASE WHEN studio_state = 'refused' THEN NULL ELSE $3::timestamptz END
WHERE agent_id = $1 AND id = $2 AND canceled_at IS NULL
RETURNING 1
