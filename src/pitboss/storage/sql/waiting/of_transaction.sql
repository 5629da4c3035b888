-- The call under a transaction's own id.
SELECT c.wallet_id, c.provider_id, c.kind, c.subject
FROM transaction t
JOIN operator_call c
  ON c.agent_id = $1 AND c.wallet_id = t.wallet_id AND c.provider_id = t.provider_id AND c.subject = t.provider_tx_id
WHERE t.agent_id = $1 AND t.id = $2 AND c.reference = $2
