-- Rounds with a message of which nobody knows yet whether it stands with the operator; of some wallets ($2) or of all. A bet that
-- is void here and is being cancelled once more is not among them.
SELECT
  c.provider_id, c.wallet_id, c.round_id, (array_agg(c.reference ORDER BY c.reference))[1], NULL::integer
FROM operator_call c
WHERE c.agent_id = $1 AND ($2::bigint[] IS NULL OR c.wallet_id = ANY ($2))
  AND (c.kind = 'cancel' OR c.kind <> 'finish' AND EXISTS (
    SELECT 1
    FROM transaction t
    WHERE t.agent_id = $1 AND t.provider_id = c.provider_id AND t.provider_tx_id = c.subject AND NOT t.is_cancel
      AND t.state IN ('pending', 'voiding', 'parked')))
GROUP BY c.provider_id, c.wallet_id, c.round_id
ORDER BY 4 DESC
LIMIT $3
