SELECT
  seq, received_at, at, kind, unique_id, player_id, game_id, round_id, currency, trim_scale(amount) AS amount,
  trim_scale(amount_eur) AS amount_eur, is_win, is_bonus, method, corrects, changes
FROM event
WHERE agent_id = $1 AND seq > $2 AND seq <= $3
ORDER BY seq
