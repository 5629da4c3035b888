SELECT
  p.username, g.code, c.template, c.name, c.kind, g.state, c.currency, c.games, c.value, c.stakes, g.used, g.balance, g.required,
  g.counted, g.converted, c.valid_from, c.use_by, c.expires_at, g.created_at, g.closed_at
FROM bonus_grant g
JOIN bonus_campaign c ON c.agent_id = $1 AND c.id = g.campaign_id
JOIN player p ON p.agent_id = $1 AND p.player_id = g.player_id
WHERE g.agent_id = $1 AND g.state <> 'active' AND g.created_at > $3 AND ($2::text IS NULL OR p.username = $2)
ORDER BY g.closed_at DESC, g.id DESC
LIMIT $4
