SELECT
  t.provider_id, t.provider_tx_id, t.round_id, t.history_id, t.game_id, w.user_in_game, w.currency
FROM transaction t
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
WHERE t.agent_id = $1 AND t.history_id = $2 AND t.wallet_version IS NOT NULL
  AND (t.number = $3 OR t.id = $4 OR t.wallet_tx_id = $4)
  AND ($5::integer IS NULL OR t.provider_id = $5)
LIMIT 1
