-- A transaction that stood is canceled exactly when its cancel is there, and the cancel gave back what it had moved (real and bonus
-- money together: a refund may have given back some of either). A seamless
-- agent's bet that was made void never stood, and has none.
SELECT t.agent_id, t.id::text, format('%s %s, its cancel: %s', t.kind, t.state, COALESCE(c.real_amount::text, 'none'))
FROM transaction t
LEFT JOIN transaction c
  ON c.agent_id = t.agent_id AND c.provider_id = t.provider_id AND c.provider_tx_id = t.provider_tx_id AND c.is_cancel
WHERE NOT t.is_cancel AND ((t.state = 'canceled' AND t.wallet_version IS NOT NULL) <> (c.id IS NOT NULL)
  OR (c.id IS NOT NULL AND c.real_amount + c.bonus_amount <> -t.real_amount - t.bonus_amount))
