-- A transaction that moved real money has one entry of that amount, on the right side of the wallet; others have none.
SELECT t.agent_id, t.id::text, format('%s of %s, entry says %s', t.kind, t.real_amount, COALESCE(e.moved::text, 'nothing'))
FROM transaction t
LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN x.to_account = t.wallet_id THEN x.amount ELSE -x.amount END) AS moved, count(*) AS count
  FROM entry x
  WHERE x.agent_id = t.agent_id AND x.id = CASE WHEN t.answer IS NULL THEN t.wallet_tx_id ELSE t.id END
    AND x.transaction_id = t.id AND t.wallet_id IN (x.to_account, x.from_account)
) e ON true
WHERE COALESCE(e.moved, 0) <> t.real_amount
