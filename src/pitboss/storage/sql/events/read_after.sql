SELECT
  seq, kind, unique_id, at, player_id, game_id, round_id, currency, trim_scale(amount)::text AS amount,
  trim_scale(amount_eur)::text AS amount_eur, is_win, is_bonus, method, corrects, changes
FROM event
WHERE agent_id = $1 AND seq > $2
ORDER BY seq
LIMIT $3
