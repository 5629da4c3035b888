-- A wallet's transaction id is made in the moment its history item's is: the bounds find it without an index of its own.
SELECT
  t.provider_id, t.provider_tx_id, t.round_id, t.history_id, t.game_id, w.user_in_game, w.currency
FROM transaction t
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
WHERE t.agent_id = $1 AND t.id BETWEEN $3 AND $4 AND (t.id = $2 OR t.wallet_tx_id = $2) AND t.wallet_version IS NOT NULL
  AND t.provider_id <> 0
  AND ($5::integer IS NULL OR t.provider_id = $5)
LIMIT 1
