SELECT
  c.id, c.code, c.reference, c.template, c.kind, c.provider_id, c.games, c.currency, c.value, c.stakes, c.multiplier, c.valid_from,
  c.use_by, c.created_at, c.canceled_at, c.studio_state, c.studio_id,
  json_build_array(json_build_array(p.username, w.user_in_game, g.used)) AS players
FROM player p
JOIN bonus_grant g ON g.agent_id = $1 AND g.player_id = p.player_id
JOIN bonus_campaign c ON c.agent_id = $1 AND c.id = g.campaign_id
JOIN wallet w ON w.agent_id = $1 AND w.id = g.wallet_id
WHERE p.agent_id = $1 AND p.username = $2 AND c.currency = $3 AND c.kind = 'free_spins'
  AND ($4::timestamptz IS NULL OR c.use_by > $4) AND ($5::timestamptz IS NULL OR c.valid_from <= $5)
ORDER BY g.created_at DESC, c.id DESC
LIMIT 1000
