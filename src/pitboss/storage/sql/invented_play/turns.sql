-- The turns from $6 to before $7, for the pieces that are put behind this: each player in turn stakes 1.00 and, the next time, wins
-- 0.95 of it. A microsecond and a turn's number make each id. $8, $9: when the first was, and how far they are apart, in microseconds.
WITH turn AS (
  SELECT
    g.i, w.id AS wallet_id, w.user_in_game, w.version + 1 + a.turn AS wallet_version, a.turn / 2 + 1 AS round, a.turn % 2 = 0 AS is_bet,
    CASE WHEN a.turn % 2 = 0 THEN -100 ELSE 95 END AS amount,
    w.balance - 5 * (a.turn / 2) - CASE WHEN a.turn % 2 = 0 THEN 0 ELSE 100 END AS before,
    w.balance - 5 * (a.turn / 2) - CASE WHEN a.turn % 2 = 0 THEN 100 ELSE 5 END AS after,
    lpad(to_hex(a.us * 1000), 16, '0') || lpad(to_hex(2 * g.i), 16, '0') AS id,
    lpad(to_hex(a.us * 1000), 16, '0') || lpad(to_hex(2 * g.i + 1), 16, '0') AS wallet_tx_id,
    timestamptz 'epoch' + a.us * interval '1 microsecond' AS at,
    timestamptz 'epoch' + (a.us + w.seats * $9::bigint) * interval '1 microsecond' AS next_at
  FROM (
    SELECT s.i, s.i % (SELECT count(*) FROM wallet x WHERE x.agent_id = $1 AND x.player_id IS NOT NULL) AS seat
    FROM generate_series($6::bigint, $7::bigint - 1) AS s (i)
  ) g
  JOIN (
    SELECT x.id, x.user_in_game, x.balance, x.version, row_number() OVER (ORDER BY x.id) - 1 AS seat, count(*) OVER () AS seats
    FROM wallet x
    WHERE x.agent_id = $1 AND x.player_id IS NOT NULL
  ) w ON w.seat = g.seat
  CROSS JOIN LATERAL (SELECT g.i / w.seats AS turn, $8::bigint + g.i * $9::bigint AS us) a
  -- All pieces are given the same values; not each has a use for the provider, the game, the house's account, the first number.
  WHERE $2::integer > 0 AND $3::integer > 0 AND $4::bigint > 0 AND $5::bigint > 0
)
