-- What the journal's readers would have been told of them.
INSERT INTO journal (agent_id, seq, at, event)
SELECT $1, $10::bigint + g.i + 1, b.at, format(
  '{"kind":"%s","id":"%s","wallet_tx_id":"%s","undoes":null,"user_in_game":"%s","wallet_version":%s,"currency":"EUR","provider_id":%s,'
  '"provider_tx_id":"%s","game_id":%s,"round_id":"%s","finished":%s,"round_bets":1,"round_stands":100,"real":%s,"bonus":0,"after":%s,'
  '"settle_rate":"1","reason":"not_provided","campaign_code":null}',
  CASE WHEN b.is_bet THEN 'bet' ELSE 'win' END, b.moment || lpad(to_hex(2 * g.i), 16, '0'),
  b.moment || lpad(to_hex(2 * g.i + 1), 16, '0'), w.user_in_game, w.version + 1 + a.turn, $2::integer,
  lpad((g.i + 1)::text, 15, '0'), $3::integer, lpad((b.round + 1)::text, 12, '0'), CASE WHEN b.is_bet THEN 'false' ELSE 'true' END,
  CASE WHEN b.is_bet THEN -100 ELSE 95 END, b.opening - CASE WHEN b.is_bet THEN 100 ELSE 5 END
)::json
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
WHERE $4::bigint > 0 AND $5::bigint > 0
