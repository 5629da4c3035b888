-- Like lock_wallets, for commands that were left out before: now wait (lock_timeout bounds it).
SELECT
  id, user_in_game, player_id, currency, balance, bonus_balance, version, may_go_negative, has_bonuses, bonuses_ended_at,
  last_batch_ns
FROM wallet
WHERE agent_id = $1 AND user_in_game = ANY ($2::text::text[])
ORDER BY id
FOR NO KEY UPDATE
