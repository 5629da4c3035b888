SELECT
  $2::integer, seq, received_at, at, kind, unique_id, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
  method, corrects, changes
FROM event
WHERE agent_id = $1
ORDER BY seq DESC
LIMIT $3
