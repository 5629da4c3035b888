INSERT INTO event (
  agent_id, received_at, seq, kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
  method, corrects, changes
)
SELECT
  h.agent_id, $2, $3 + u.n, u.kind, u.unique_id, u.at::timestamptz, u.player_id, u.game_id, u.round_id, u.currency,
  u.amount::numeric, u.amount_eur::numeric, u.is_win::boolean, u.is_bonus::boolean, u.method, u.corrects, u.changes::json
FROM event_head h
CROSS JOIN unnest(
  string_to_array($5, $4, ''), string_to_array($6, $4, ''), string_to_array($7, $4, ''), string_to_array($8, $4, ''),
  string_to_array($9, $4, ''), string_to_array($10, $4, ''), string_to_array($11, $4, ''), string_to_array($12, $4, ''),
  string_to_array($13, $4, ''), string_to_array($14, $4, ''), string_to_array($15, $4, ''), string_to_array($16, $4, ''),
  string_to_array($17, $4, ''), string_to_array($18, $4, '')
) WITH ORDINALITY AS u (
  kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus, method, corrects, changes, n
)
WHERE h.agent_id = $1
