-- A transaction that moved real money has one entry of that amount, on the right side of the wallet (a seamless agent's: of the
-- account that stands for its players' money); others have none.
SELECT t.agent_id, t.id::text, format('%s of %s, entry says %s', t.kind, t.real_amount, COALESCE(e.moved::text, 'nothing'))
FROM transaction t
LEFT JOIN (agent a JOIN account o ON o.agent_id = a.id AND o.kind = 'operator')
  ON a.id = t.agent_id AND a.type = 'seamless' AND o.currency = (
    SELECT w.currency FROM wallet w WHERE w.agent_id = t.agent_id AND w.id = t.wallet_id)
LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN x.to_account IN (t.wallet_id, o.id) THEN x.amount ELSE -x.amount END) AS moved, count(*) AS count
  FROM entry x
  WHERE x.agent_id = t.agent_id AND x.id IN (t.wallet_tx_id, t.id)
    AND x.transaction_id = t.id AND (t.wallet_id IN (x.to_account, x.from_account) OR o.id IN (x.to_account, x.from_account))
) e ON true
WHERE COALESCE(e.moved, 0) <> t.real_amount
