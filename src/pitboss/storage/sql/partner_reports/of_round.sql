-- What happened in one player's part of a round, in order; what a seamless agent's wallet is still asked about at the end.
SELECT
  t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.provider_id, t.provider_tx_id, t.game_id, t.round_id, t.reason, t.said,
  t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told, t.at, w.currency, p.player_id, p.username
FROM transaction t
JOIN wallet w ON w.agent_id = $1 AND w.id = $2
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.provider_id = $3 AND t.round_id = $4
ORDER BY t.wallet_version, t.id
LIMIT 1000
