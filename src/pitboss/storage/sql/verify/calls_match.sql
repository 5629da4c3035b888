-- What is not settled with a seamless operator has a call that somebody will send, or a person must look at; and the other way round.
SELECT COALESCE(t.agent_id, c.agent_id), COALESCE(t.id, c.reference)::text,
  format('%s %s, its call: %s', COALESCE(t.kind, c.kind), COALESCE(t.state, 'unknown'), COALESCE(c.phase, 'none'))
FROM (SELECT * FROM transaction WHERE NOT is_cancel AND state IN ('pending', 'voiding', 'parked', 'canceled')) t
FULL JOIN (SELECT * FROM operator_call WHERE kind IN ('bet', 'win', 'refund')) c
  ON c.agent_id = t.agent_id AND c.wallet_id = t.wallet_id AND c.provider_id = t.provider_id AND c.kind = t.kind
  AND c.subject = t.provider_tx_id
WHERE CASE t.state
  WHEN 'pending' THEN c.phase IS NULL OR c.phase NOT IN ('ask', 'status')
  WHEN 'voiding' THEN c.phase IS NULL OR c.phase NOT IN ('void', 'status', 'parked')
  WHEN 'parked' THEN c.phase IS DISTINCT FROM 'parked'
  WHEN 'canceled' THEN c.phase IS NOT NULL AND c.phase NOT IN ('void_again', 'status', 'parked')
  ELSE true
END
