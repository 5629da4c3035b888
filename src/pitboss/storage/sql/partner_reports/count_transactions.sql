-- Transactions, and the lines of the ledger they have: one for real money, one for bonus money.
SELECT
  count(*), count(*) FILTER (WHERE t.real_amount <> 0) + count(*) FILTER (WHERE t.bonus_amount <> 0)
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_version IS NOT NULL AND (t.provider_id <> 0 OR t.kind IN ('convert', 'forfeit'))
  AND t.id >= $2 AND t.id <= $3 AND t.at >= $4 AND t.at < $5
  AND ($6::bigint[] IS NULL OR t.wallet_id = ANY ($6))
  AND ($7::integer IS NULL OR t.game_id = $7)
