INSERT INTO event_player_figure AS f (
  agent_id, player_id, currency, events, first_seen, last_seen, last_login, bets, turnover, wins, winnings, bonus_turnover,
  bonus_winnings, deposits, deposited, withdrawals, withdrawn
)
SELECT
  h.agent_id, u.player_id, u.currency, u.events, u.first_seen, u.last_seen, u.last_login, u.bets, u.turnover::numeric, u.wins,
  u.winnings::numeric, u.bonus_turnover::numeric, u.bonus_winnings::numeric, u.deposits, u.deposited::numeric, u.withdrawals,
  u.withdrawn::numeric
FROM event_head h
CROSS JOIN unnest(
  $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::text[],
  $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bigint[], $15::text[], $16::bigint[], $17::text[]
) AS u (
  player_id, currency, events, first_seen, last_seen, last_login, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings,
  deposits, deposited, withdrawals, withdrawn
)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, player_id, currency) DO UPDATE SET
  events = f.events + excluded.events,
  first_seen = LEAST(f.first_seen, excluded.first_seen),
  last_seen = GREATEST(f.last_seen, excluded.last_seen),
  last_login = GREATEST(f.last_login, excluded.last_login),
  bets = f.bets + excluded.bets,
  turnover = f.turnover + excluded.turnover,
  wins = f.wins + excluded.wins,
  winnings = f.winnings + excluded.winnings,
  bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
  bonus_winnings = f.bonus_winnings + excluded.bonus_winnings,
  deposits = f.deposits + excluded.deposits,
  deposited = f.deposited + excluded.deposited,
  withdrawals = f.withdrawals + excluded.withdrawals,
  withdrawn = f.withdrawn + excluded.withdrawn
RETURNING f.player_id, f.currency, f.events
