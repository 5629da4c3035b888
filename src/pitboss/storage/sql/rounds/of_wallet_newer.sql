-- The same behind a place, the oldest first. bound: the version that is too high.
WITH walked AS (
  SELECT
    t.wallet_version AS place, t.id, t.provider_id, t.wallet_id, t.wallet_version, t.round_id, t.number, t.game_id
  FROM transaction t
  WHERE t.agent_id = :agent_id AND t.wallet_id = :wallet_id AND t.wallet_version > :place::bigint AND t.wallet_version < :bound::bigint
  ORDER BY t.wallet_version
  LIMIT :most
)
