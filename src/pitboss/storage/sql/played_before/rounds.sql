-- Their rounds, a stake and a win each.
INSERT INTO round (
  agent_id, provider_id, wallet_id, round_id, number, game_id, staked, returned, won, finished, bets, opened_at, changed_at
)
SELECT
  $1, $2, w.id, lpad((b.round + 1)::text, 12, '0'), $5::bigint + 2 * g.i + 1, $3, 100, 0, 95, true, 1, b.at,
  b.at + w.seats * $9::bigint * interval '1 microsecond'
FROM (
  SELECT s.i, s.i % (SELECT count(*) FROM wallet x WHERE x.agent_id = $1 AND x.player_id IS NOT NULL) AS seat
  FROM generate_series($6::bigint, $7::bigint - 1) AS s (i)
) g
JOIN (
  SELECT
    x.id, x.user_in_game, x.player_id, x.balance, x.version, row_number() OVER (ORDER BY x.id) - 1 AS seat, count(*) OVER () AS seats
  FROM wallet x
  WHERE x.agent_id = $1 AND x.player_id IS NOT NULL
) w ON w.seat = g.seat
CROSS JOIN LATERAL (SELECT g.i / w.seats AS turn, $8::bigint + g.i * $9::bigint AS us) a
CROSS JOIN LATERAL (
  SELECT
    a.turn / 2 AS round, a.turn % 2 = 0 AS is_bet, w.balance - 5 * (a.turn / 2) AS opening,
    timestamptz 'epoch' + a.us * interval '1 microsecond' AS at, lpad(to_hex(a.us * 1000), 16, '0') AS moment
) b
WHERE b.is_bet AND $4::bigint > 0
ORDER BY w.id, b.round
