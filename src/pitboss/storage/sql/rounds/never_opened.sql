-- Rounds ($2) of some wallets in which nothing stood, by what was refused or was cancelled before it came.
SELECT t.provider_id, t.wallet_id, t.round_id, (array_agg(t.id ORDER BY t.id))[1], max(t.game_id)
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = ANY ($3::bigint[]) AND t.wallet_version IS NULL AND t.provider_id <> 0
  AND t.round_id = $2
GROUP BY t.provider_id, t.wallet_id, t.round_id
