-- The posting of each of them.
INSERT INTO entry (
  agent_id, id, transaction_id, from_account, to_account, amount, from_version, from_after, to_version, to_after, at
)
SELECT
  $1, (b.moment || lpad(to_hex(2 * g.i + 1), 16, '0'))::uuid, (b.moment || lpad(to_hex(2 * g.i), 16, '0'))::uuid,
  CASE WHEN b.is_bet THEN w.id ELSE $4 END, CASE WHEN b.is_bet THEN $4 ELSE w.id END, CASE WHEN b.is_bet THEN 100 ELSE 95 END,
  CASE WHEN b.is_bet THEN w.version + 1 + a.turn END, CASE WHEN b.is_bet THEN b.opening - 100 END,
  CASE WHEN NOT b.is_bet THEN w.version + 1 + a.turn END, CASE WHEN NOT b.is_bet THEN b.opening - 5 END, b.at
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
WHERE $2::integer > 0 AND $3::integer > 0 AND $5::bigint > 0
ORDER BY g.i
