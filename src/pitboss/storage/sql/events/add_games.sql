-- What was said of games, and players that are new to them.
INSERT INTO event_game_figure AS f (
  agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
SELECT
  h.agent_id, u.game_id, COALESCE(u.currency, ''), u.events::bigint, u.first_seen::timestamptz, u.last_seen::timestamptz,
  u.players::bigint, 0, 0, 0, 0, 0, 0
FROM event_head h
CROSS JOIN unnest(
  string_to_array($3, $2, ''), string_to_array($4, $2, ''), string_to_array($5, $2, ''), string_to_array($6, $2, ''),
  string_to_array($7, $2, ''), string_to_array($8, $2, '')
) AS u (game_id, currency, events, first_seen, last_seen, players)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, game_id, currency) DO UPDATE SET
  events = f.events + excluded.events,
  first_seen = LEAST(f.first_seen, excluded.first_seen),
  last_seen = GREATEST(f.last_seen, excluded.last_seen),
  players = f.players + excluded.players
