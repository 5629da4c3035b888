-- The same behind a place, the oldest first. bound: none arrived then or later.
WITH walked AS (
  SELECT t.id AS place, t.id, t.provider_id, t.wallet_id, t.wallet_version, t.round_id, t.number, t.game_id
  FROM transaction t
  WHERE t.agent_id = :agent_id AND t.id > :place::uuid AND t.id < :bound::uuid
  ORDER BY t.id
  LIMIT :most
)
