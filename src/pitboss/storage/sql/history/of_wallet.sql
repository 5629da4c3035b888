-- The page is found in the index alone, then its rows are fetched: pages stay quick far down.
WITH page AS MATERIALIZED (
  SELECT t.wallet_version
  FROM transaction t
  WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version IS NOT NULL
    AND t.provider_id <> 0
    AND ($3::integer IS NULL OR t.game_id = $3)
    AND ($4::text IS NULL OR t.round_id = $4)
    AND ($5::timestamptz IS NULL OR t.at >= $5)
    AND ($6::timestamptz IS NULL OR t.at <= $6)
  ORDER BY t.wallet_version DESC
  LIMIT $7 OFFSET $8
)
SELECT
  t.id, t.wallet_tx_id, t.number, t.kind, t.provider_id, t.provider_tx_id, t.game_id, t.round_id, t.reason, t.review,
  t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.settle_rate, t.at, w.user_in_game, w.currency, p.player_id,
  p.username
FROM page
JOIN transaction t ON t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version = page.wallet_version
JOIN wallet w ON w.agent_id = $1 AND w.id = $2
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
ORDER BY t.wallet_version DESC
