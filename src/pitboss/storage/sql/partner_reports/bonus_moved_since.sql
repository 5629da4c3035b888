-- The same of bonus money.
SELECT w.currency, sum(t.bonus_amount)
FROM transaction t
JOIN wallet w ON w.agent_id = $1 AND w.id = t.wallet_id
WHERE t.agent_id = $1 AND t.id >= $2 AND t.at >= $3 AND t.wallet_version IS NOT NULL AND t.bonus_amount <> 0
GROUP BY w.currency
