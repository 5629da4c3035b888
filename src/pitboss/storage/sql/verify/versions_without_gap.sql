-- Everything that happened to a player's wallet is a transaction, numbered 1, 2, 3 … up to the wallet's version.
SELECT w.agent_id, w.user_in_game,
  format('version %s, its transactions: %s up to %s', w.version, COALESCE(t.count, 0), COALESCE(t.last, 0))
FROM wallet w
LEFT JOIN (
  SELECT agent_id, wallet_id, count(*) AS count, max(wallet_version) AS last
  FROM transaction
  WHERE wallet_version IS NOT NULL
  GROUP BY agent_id, wallet_id
) t ON t.agent_id = w.agent_id AND t.wallet_id = w.id
WHERE w.player_id IS NOT NULL AND (w.version <> COALESCE(t.count, 0) OR w.version <> COALESCE(t.last, 0))
