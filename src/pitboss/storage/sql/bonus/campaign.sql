SELECT
  c.id, c.code, c.reference, c.template, c.kind, c.provider_id, c.games, c.currency, c.value, c.stakes, c.multiplier, c.valid_from,
  c.use_by, c.created_at, c.canceled_at, c.studio_state, c.studio_id,
  (
    SELECT COALESCE(json_agg(json_build_array(p.username, w.user_in_game, g.used) ORDER BY p.username), '[]'::json)
    FROM bonus_grant g
    JOIN player p ON p.agent_id = $1 AND p.player_id = g.player_id
    JOIN wallet w ON w.agent_id = $1 AND w.id = g.wallet_id
    WHERE g.agent_id = $1 AND g.campaign_id = c.id
  ) AS players
FROM bonus_campaign c
WHERE c.agent_id = $1 AND c.id = $2
