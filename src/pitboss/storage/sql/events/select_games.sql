-- $2: currency, null for all. Dimensions: any of the values given; null for whatever it is. Bounds and orders: figures by their names.
WITH known AS (
  SELECT
    g.game_id, g.profile, f.players, f.bets, f.turnover, f.wins, f.winnings, f.turnover - f.winnings AS ggr, f.bonus_turnover,
    f.bonus_winnings
  FROM event_game g
  CROSS JOIN LATERAL (
    SELECT
      COALESCE(max(s.players), 0) AS players, COALESCE(sum(s.bets), 0) AS bets, COALESCE(sum(s.turnover), 0) AS turnover,
      COALESCE(sum(s.wins), 0) AS wins, COALESCE(sum(s.winnings), 0) AS winnings,
      COALESCE(sum(s.bonus_turnover), 0) AS bonus_turnover, COALESCE(sum(s.bonus_winnings), 0) AS bonus_winnings
    FROM event_game_figure s
    WHERE s.agent_id = $1 AND s.game_id = g.game_id AND ($2::text IS NULL OR s.currency = $2)
  ) AS f
  WHERE g.agent_id = $1
    AND ($3::text[] IS NULL OR (g.profile -> 'categories') ?| $3)
    AND ($4::text[] IS NULL OR (g.profile -> 'features') ?| $4)
    AND ($5::text[] IS NULL OR (g.profile -> 'themes') ?| $5)
    AND ($6::text[] IS NULL OR CASE WHEN g.profile ? 'device' THEN g.profile ->> 'device' ELSE 'undefined' END = ANY ($6))
    AND ($7::text[] IS NULL OR g.profile ->> 'provider' = ANY ($7))
    AND ($8::text[] IS NULL OR g.profile ->> 'has_freespins' = ANY ($8))
    AND ($9::text IS NULL OR strpos(lower(g.profile ->> 'name'), lower($9)) > 0 OR strpos(lower(g.game_id), lower($9)) > 0)
),
fitting AS (
  SELECT k.*, jsonb_build_object(
    'players', players, 'bets', bets, 'turnover', turnover, 'wins', wins, 'winnings', winnings, 'ggr', ggr,
    'bonus_turnover', bonus_turnover, 'bonus_winnings', bonus_winnings) AS figures
  FROM known k
),
chosen AS (
  SELECT *, count(*) OVER () AS total
  FROM fitting
  WHERE NOT EXISTS (
    SELECT 1 FROM unnest($10::text[], $11::text[], $12::text[]) AS b (figure, least, most)
    WHERE (figures ->> b.figure)::numeric < b.least::numeric OR (figures ->> b.figure)::numeric > b.most::numeric
  )
)
SELECT game_id, profile, total
FROM chosen
ORDER BY
  CASE WHEN $14 THEN (figures ->> $13)::numeric END DESC NULLS LAST,
  CASE WHEN NOT $14 THEN (figures ->> $13)::numeric END NULLS LAST,
  CASE WHEN $14 AND $13 IS NULL THEN game_id END DESC,
  game_id
LIMIT $15 OFFSET $16
