UPDATE player p
SET operator_user_id = $3, country = CASE WHEN $4::text = '' THEN p.country ELSE $4::text END
FROM (SELECT x.country FROM player x WHERE x.agent_id = $1 AND x.player_id = $2 FOR NO KEY UPDATE) before
WHERE p.agent_id = $1 AND p.player_id = $2 AND (p.operator_user_id IS NULL OR p.operator_user_id = $3)
RETURNING p.username, p.country <> before.country
