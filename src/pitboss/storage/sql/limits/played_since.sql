-- What a wallet's counters would have counted. Refused stakes have no version, yet are asked for.
SELECT kind, state, real_amount, at
FROM transaction
WHERE agent_id = $1 AND wallet_id = $2 AND at >= $3 AND kind IN ('bet', 'win', 'refund', 'deposit')
  AND state IN ('ok', 'canceled', 'refused')
ORDER BY at, id
