-- The bonus money of a transaction is what it moved in grants and what it posted, and no grant moves without a transaction.
SELECT COALESCE(t.agent_id, m.agent_id), COALESCE(t.id::text, format('wallet %s version %s', m.wallet_id, m.wallet_version)),
  format('bonus money %s, its moves make %s, its entries %s', t.bonus_amount, m.money, e.moved)
FROM (
  SELECT agent_id, wallet_id, wallet_version, id, wallet_tx_id, bonus_amount FROM transaction WHERE wallet_version IS NOT NULL
) t
FULL JOIN (
  SELECT agent_id, wallet_id, wallet_version, sum(money) AS money
  FROM bonus_move
  GROUP BY agent_id, wallet_id, wallet_version
) m ON m.agent_id = t.agent_id AND m.wallet_id = t.wallet_id AND m.wallet_version = t.wallet_version
LEFT JOIN LATERAL (
  SELECT COALESCE(sum(CASE WHEN x.to_account = -t.wallet_id THEN x.amount ELSE -x.amount END), 0) AS moved
  FROM entry x
  WHERE t.bonus_amount <> 0 AND x.agent_id = t.agent_id AND x.id IN (t.wallet_tx_id, t.id) AND x.transaction_id = t.id
    AND -t.wallet_id IN (x.to_account, x.from_account)
) e ON true
WHERE t.id IS NULL OR t.bonus_amount <> COALESCE(m.money, 0) OR t.bonus_amount <> e.moved
