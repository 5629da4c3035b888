-- The players' parts of a studio's round ($2), of some wallets ($4) or of all. Without wallets the keys of an agent's rounds are looked
-- through (PostgreSQL 18 skips from wallet to wallet), not the rounds.
SELECT r.provider_id, r.wallet_id, r.round_id, NULL::uuid, r.game_id
FROM round r
WHERE r.agent_id = $1 AND r.provider_id = ANY ($3::integer[]) AND r.round_id = $2
  AND ($4::bigint[] IS NULL OR r.wallet_id = ANY ($4))
ORDER BY r.opened_at DESC
LIMIT $5
