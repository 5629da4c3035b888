-- What happened last to a player's wallets, transfers among it: the newest of each, merged.
SELECT
  t.id, t.at, t.kind, t.is_cancel, t.provider_id, t.provider_tx_id, t.game_id, t.round_id, t.reason, t.real_amount,
  t.bonus_amount, t.balance_after, w.currency, c.scale
FROM wallet w
JOIN currency c ON c.code = w.currency
CROSS JOIN LATERAL (
  SELECT *
  FROM transaction x
  WHERE x.agent_id = $1 AND x.wallet_id = w.id AND x.wallet_version IS NOT NULL
  ORDER BY x.wallet_version DESC
  LIMIT $3
) t
WHERE w.agent_id = $1 AND w.user_in_game >= $2::text || '-' AND w.user_in_game < $2::text || '.'
ORDER BY t.at DESC, t.id DESC
LIMIT $3
