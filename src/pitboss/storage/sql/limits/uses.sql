SELECT
  player_id, currency, last_stake_at, day, day_deposited, day_staked, day_lost, day_played_us, week, week_deposited, week_staked,
  week_lost, week_played_us, month, month_deposited, month_staked, month_lost, month_played_us
FROM limit_use
WHERE agent_id = $1 AND player_id = ANY ($2::text[])
