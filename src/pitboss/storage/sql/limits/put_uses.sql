INSERT INTO limit_use (
  agent_id, player_id, currency, last_stake_at, day, day_deposited, day_staked, day_lost, day_played_us, week, week_deposited,
  week_staked, week_lost, week_played_us, month, month_deposited, month_staked, month_lost, month_played_us
)
SELECT :agent_id, u.*
FROM unnest(
  :use_player::text[], :use_currency::text[], :use_last_stake_at::timestamptz[], :use_day::date[], :use_day_deposited::bigint[],
  :use_day_staked::bigint[], :use_day_lost::bigint[], :use_day_played_us::bigint[], :use_week::date[],
  :use_week_deposited::bigint[], :use_week_staked::bigint[], :use_week_lost::bigint[], :use_week_played_us::bigint[],
  :use_month::date[], :use_month_deposited::bigint[], :use_month_staked::bigint[], :use_month_lost::bigint[],
  :use_month_played_us::bigint[]
) AS u
ON CONFLICT (agent_id, player_id, currency) DO UPDATE SET
  last_stake_at = excluded.last_stake_at, day = excluded.day, day_deposited = excluded.day_deposited,
  day_staked = excluded.day_staked, day_lost = excluded.day_lost, day_played_us = excluded.day_played_us, week = excluded.week,
  week_deposited = excluded.week_deposited, week_staked = excluded.week_staked, week_lost = excluded.week_lost,
  week_played_us = excluded.week_played_us, month = excluded.month, month_deposited = excluded.month_deposited,
  month_staked = excluded.month_staked, month_lost = excluded.month_lost, month_played_us = excluded.month_played_us
RETURNING 1
