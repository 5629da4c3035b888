-- Transaction after transaction since long ago: each player in turn stakes 1.00 and, the next time, wins 0.95 of it.
INSERT INTO transaction (
  agent_id, provider_id, provider_tx_id, is_cancel, id, wallet_tx_id, number, kind, state, said, wallet_id, wallet_version, game_id,
  round_id, real_amount, balance_before, balance_after, told, settle_rate, reason, at
)
SELECT
  $1, $2, lpad((g.i + 1)::text, 15, '0'), false, (b.moment || lpad(to_hex(2 * g.i), 16, '0'))::uuid,
  (b.moment || lpad(to_hex(2 * g.i + 1), 16, '0'))::uuid, $5::bigint + 2 * g.i, CASE WHEN b.is_bet THEN 'bet' ELSE 'win' END, 'ok', '',
  w.id, w.version + 1 + a.turn, $3, lpad((b.round + 1)::text, 12, '0'), CASE WHEN b.is_bet THEN -100 ELSE 95 END,
  b.opening - CASE WHEN b.is_bet THEN 0 ELSE 100 END, b.opening - CASE WHEN b.is_bet THEN 100 ELSE 5 END,
  b.opening - CASE WHEN b.is_bet THEN 100 ELSE 5 END, 1, 'not_provided', b.at
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
-- The house's account is of the entries alone.
WHERE $4::bigint > 0
ORDER BY g.i
