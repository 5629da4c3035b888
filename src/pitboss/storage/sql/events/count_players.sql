-- Players who are new to games: by currency, and under '' where they had played the game in none. Their figures are stored already, so
-- whoever has them in no more currencies than are new here is new to the game.
WITH arrived AS (
  SELECT player_id, game_id, currency, first_seen, last_seen
  FROM unnest($2::text::text[], $3::text::text[], $4::text::text[], $5::text::timestamptz[], $6::text::timestamptz[])
    AS u (player_id, game_id, currency, first_seen, last_seen)
),
arrivals AS (
  SELECT game_id, currency, first_seen, last_seen, 1 AS players FROM arrived
  UNION ALL
  SELECT a.game_id, '', min(a.first_seen), max(a.last_seen), CASE WHEN count(*) = max(k.currencies) THEN 1 ELSE 0 END
  FROM arrived a
  CROSS JOIN LATERAL (
    SELECT count(*) AS currencies FROM event_play_figure p
    WHERE p.agent_id = $1 AND p.player_id = a.player_id AND p.game_id = a.game_id
  ) AS k
  GROUP BY a.player_id, a.game_id
)
INSERT INTO event_game_figure AS f (
  agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
)
SELECT h.agent_id, a.game_id, a.currency, 0, min(a.first_seen), max(a.last_seen), sum(a.players), 0, 0, 0, 0, 0, 0
FROM event_head h CROSS JOIN arrivals a
WHERE h.agent_id = $1
GROUP BY h.agent_id, a.game_id, a.currency
ON CONFLICT (agent_id, game_id, currency) DO UPDATE SET
  first_seen = LEAST(f.first_seen, excluded.first_seen),
  last_seen = GREATEST(f.last_seen, excluded.last_seen),
  players = f.players + excluded.players
