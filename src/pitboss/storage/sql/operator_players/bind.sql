UPDATE player
SET operator_user_id = $3, country = CASE WHEN $4::text = '' THEN country ELSE $4::text END
WHERE agent_id = $1 AND player_id = $2 AND (operator_user_id IS NULL OR operator_user_id = $3)
RETURNING username
