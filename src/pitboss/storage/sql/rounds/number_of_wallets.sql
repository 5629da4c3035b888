-- Of all that was said to some wallets ($3), the message with this number ($2), or those of the round with it.
SELECT t.provider_id, t.wallet_id, t.round_id, t.id, t.game_id
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = ANY ($3::bigint[]) AND t.provider_id <> 0 AND t.number = $2
UNION
SELECT r.provider_id, r.wallet_id, r.round_id, NULL::uuid, r.game_id
FROM round r
WHERE r.agent_id = $1 AND r.provider_id = ANY ($4::integer[]) AND r.wallet_id = ANY ($3::bigint[]) AND r.number = $2
