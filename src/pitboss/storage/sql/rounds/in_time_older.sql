-- An agent's messages before a place (an id), the newest first; a piece before `leads` or `by_number`. bound: none arrived before it.
-- `most` bounds how many are looked through, whatever is found among them.
WITH walked AS (
  SELECT t.id AS place, t.id, t.provider_id, t.wallet_id, t.wallet_version, t.round_id, t.number, t.game_id
  FROM transaction t
  WHERE t.agent_id = :agent_id AND t.id < :place::uuid AND t.id >= :bound::uuid
  ORDER BY t.id DESC
  LIMIT :most
)
