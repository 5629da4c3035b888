INSERT INTO event_game_figure AS f (
  agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
SELECT
  h.agent_id, u.game_id, u.currency, u.events, u.first_seen, u.last_seen, u.players, u.bets, u.turnover::numeric, u.wins,
  u.winnings::numeric, u.bonus_turnover::numeric, u.bonus_winnings::numeric
FROM event_head h
CROSS JOIN unnest(
  $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[],
  $11::text[], $12::text[], $13::text[]
) AS u (
  game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, game_id, currency) DO UPDATE SET
  events = f.events + excluded.events,
  first_seen = LEAST(f.first_seen, excluded.first_seen),
  last_seen = GREATEST(f.last_seen, excluded.last_seen),
  players = f.players + excluded.players,
  bets = f.bets + excluded.bets,
  turnover = f.turnover + excluded.turnover,
  wins = f.wins + excluded.wins,
  winnings = f.winnings + excluded.winnings,
  bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
  bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
RETURNING f.game_id, f.currency, f.events
