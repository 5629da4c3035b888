-- The posting of each of them.
INSERT INTO entry (
  agent_id, id, transaction_id, from_account, to_account, amount, from_version, from_after, to_version, to_after, at
)
SELECT
  $1, t.wallet_tx_id::uuid, t.id::uuid, CASE WHEN t.is_bet THEN t.wallet_id ELSE $4 END,
  CASE WHEN t.is_bet THEN $4 ELSE t.wallet_id END, abs(t.amount), CASE WHEN t.is_bet THEN t.wallet_version END,
  CASE WHEN t.is_bet THEN t.after END, CASE WHEN NOT t.is_bet THEN t.wallet_version END, CASE WHEN NOT t.is_bet THEN t.after END, t.at
FROM turn t
ORDER BY t.i
