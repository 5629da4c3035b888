-- Whoever claims moves `due` beyond the longest call, so that another takes over should it die.
UPDATE bonus_campaign c
SET due = $4, tries = tries + 1
FROM (
  SELECT id
  FROM bonus_campaign
  WHERE agent_id = $1 AND due IS NOT NULL AND CASE WHEN $2::uuid IS NULL THEN due <= $3 ELSE id = $2 END
  ORDER BY due
  LIMIT $5
  FOR UPDATE SKIP LOCKED
) d
WHERE c.agent_id = $1 AND c.id = d.id
RETURNING
  c.agent_id, c.id, c.code, c.kind, c.provider_id, c.games, c.currency, c.value, c.stakes, c.valid_from, c.use_by,
  c.studio_state = 'canceling' AS cancel,
  (
    SELECT COALESCE(json_agg(w.user_in_game), '[]'::json)
    FROM bonus_grant g
    JOIN wallet w ON w.agent_id = $1 AND w.id = g.wallet_id
    WHERE g.agent_id = $1 AND g.campaign_id = c.id
  ) AS users,
  c.tries
