INSERT INTO event_play_figure AS f (
  agent_id, player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
SELECT
  h.agent_id, u.player_id, u.game_id, u.currency, u.events, u.bets, u.turnover::numeric, u.wins, u.winnings::numeric,
  u.bonus_turnover::numeric, u.bonus_winnings::numeric
FROM event_head h
CROSS JOIN unnest(
  $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::text[], $10::text[], $11::text[]
) AS u (player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, player_id, game_id, currency) DO UPDATE SET
  events = f.events + excluded.events,
  bets = f.bets + excluded.bets,
  turnover = f.turnover + excluded.turnover,
  wins = f.wins + excluded.wins,
  winnings = f.winnings + excluded.winnings,
  bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
  bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
RETURNING f.player_id, f.game_id, f.currency, f.events
