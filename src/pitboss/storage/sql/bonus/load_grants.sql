SELECT
  replace(g.id::text, '-', '') AS id, g.code, g.wallet_id, c.kind, c.games, c.wager_games, c.stakes, c.value, c.multiplier,
  c.max_conversion, c.valid_from, c.use_by, c.expires_at, g.state, g.used, g.balance, g.required, g.counted, g.converted,
  g.closed_at
FROM bonus_grant g
JOIN bonus_campaign c ON c.agent_id = $1 AND c.id = g.campaign_id
WHERE g.agent_id = $1 AND g.wallet_id = ANY ($2::bigint[])
  AND (g.state = 'active' OR g.code = ANY ($3::text[]) OR g.id = ANY ($4::uuid[]))
ORDER BY g.wallet_id, c.expires_at, g.id
