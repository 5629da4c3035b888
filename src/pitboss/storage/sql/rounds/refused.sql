-- Rounds of some wallets in which a message was refused, by the first of them.
SELECT t.provider_id, t.wallet_id, t.round_id, (array_agg(t.id ORDER BY t.id))[1], max(t.game_id)
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = ANY ($2::bigint[]) AND t.wallet_version IS NULL AND t.state = 'refused'
  AND t.provider_id <> 0 AND t.round_id IS NOT NULL
GROUP BY t.provider_id, t.wallet_id, t.round_id
ORDER BY 4 DESC
LIMIT $3
