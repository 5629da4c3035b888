-- What was said in one player's part of a round ($3 studio, $4 round): what stood, within the versions [$5, $6) of its wallet, and what
-- did not, which has none.
SELECT
  t.provider_id, t.provider_tx_id, t.is_cancel, t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.said, t.refusal, t.wallet_version,
  t.game_id, t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told, t.settle_rate, t.reason, t.campaign_code,
  t.history_id, t.review, t.answer, t.at
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version >= $5 AND t.wallet_version < $6
  AND t.provider_id = $3 AND t.round_id = $4
UNION ALL
SELECT
  t.provider_id, t.provider_tx_id, t.is_cancel, t.id, t.wallet_tx_id, t.number, t.kind, t.state, t.said, t.refusal, t.wallet_version,
  t.game_id, t.real_amount, t.bonus_amount, t.balance_before, t.balance_after, t.told, t.settle_rate, t.reason, t.campaign_code,
  t.history_id, t.review, t.answer, t.at
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version IS NULL AND t.provider_id = $3 AND t.round_id = $4
LIMIT $7
