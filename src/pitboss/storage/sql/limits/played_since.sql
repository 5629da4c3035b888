-- What a wallet's counters would have counted. Refused stakes have no version, yet are asked for. A refund counts for when its round began.
-- A deposit with a reason is an adjustment: the player did not pay it in.
SELECT t.id, t.kind, t.state, t.real_amount, t.at, r.opened_at
FROM transaction t
LEFT JOIN LATERAL (
  SELECT x.opened_at
  FROM round x
  WHERE t.kind = 'refund' AND x.agent_id = $1 AND x.provider_id = t.provider_id AND x.wallet_id = $2 AND x.round_id = t.round_id
  LIMIT 1
) r ON true
WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.at >= $3 AND t.kind IN ('bet', 'win', 'refund', 'deposit')
  AND (t.kind <> 'deposit' OR t.reason IS NULL) AND t.state IN ('ok', 'canceled', 'refused')
