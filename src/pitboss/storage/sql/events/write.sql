INSERT INTO event (
  agent_id, received_at, seq, kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
  method, corrects, changes
)
SELECT
  h.agent_id, $2, $3 + u.n, u.kind, u.unique_id, u.at, u.player_id, u.game_id, u.round_id, u.currency, u.amount::numeric,
  u.amount_eur::numeric, u.is_win, u.is_bonus, u.method, u.corrects, u.changes::json
FROM event_head h
CROSS JOIN unnest(
  $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
  $13::boolean[], $14::boolean[], $15::text[], $16::text[], $17::text[]
) WITH ORDINALITY AS u (
  kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus, method, corrects, changes, n
)
WHERE h.agent_id = $1
