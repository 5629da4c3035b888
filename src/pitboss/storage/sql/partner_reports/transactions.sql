-- One page, found first, its rows fetched then.
WITH page AS MATERIALIZED (
  SELECT t.id
  FROM transaction t
  WHERE t.agent_id = $1 AND t.wallet_version IS NOT NULL AND (t.provider_id <> 0 OR t.kind IN ('convert', 'forfeit'))
    AND t.id >= $2 AND t.id <= $3 AND t.at >= $4 AND t.at < $5
    AND ($6::bigint[] IS NULL OR t.wallet_id = ANY ($6))
    AND ($7::integer IS NULL OR t.game_id = $7)
  ORDER BY t.id
  LIMIT $8 OFFSET $9
)
SELECT
  t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.provider_id, t.provider_tx_id, t.game_id, t.round_id, t.reason, t.said,
  t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told, t.at, w.currency, p.player_id, p.username
FROM page
JOIN transaction t ON t.agent_id = $1 AND t.id = page.id
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
ORDER BY t.id
