-- What was said of games, and players that are new to them.
INSERT INTO event_game_figure AS f (
  agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
SELECT h.agent_id, u.game_id, u.currency, u.events, u.first_seen, u.last_seen, u.players, 0, 0, 0, 0, 0, 0
FROM event_head h
CROSS JOIN unnest(
  $2::text::text[], $3::text::text[], $4::text::bigint[], $5::text::timestamptz[], $6::text::timestamptz[],
  $7::text::bigint[]
) AS u (game_id, currency, events, first_seen, last_seen, players)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, game_id, currency) DO UPDATE SET
  events = f.events + excluded.events,
  first_seen = LEAST(f.first_seen, excluded.first_seen),
  last_seen = GREATEST(f.last_seen, excluded.last_seen),
  players = f.players + excluded.players
