-- In id order, so that two processes cannot deadlock. What another process holds is left out: the engine defers it.
SELECT
  id, user_in_game, player_id, currency, balance, bonus_balance, version, may_go_negative, has_bonuses, bonuses_ended_at,
  last_batch_ns
FROM wallet
WHERE agent_id = $1 AND user_in_game = ANY ($2::text::text[])
ORDER BY id
FOR NO KEY UPDATE SKIP LOCKED
