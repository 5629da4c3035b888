SELECT
  e.seq, e.kind, e.unique_id, e.at, e.player_id, e.game_id, e.round_id, e.currency, trim_scale(e.amount)::text AS amount,
  trim_scale(e.amount_eur)::text AS amount_eur, e.is_win, e.is_bonus, e.method, e.corrects, e.changes, false AS dead
FROM feed_dead_letter d
JOIN event e ON e.agent_id = $1 AND e.seq = d.seq
WHERE d.agent_id = $1 AND d.feed = $2 AND d.again
ORDER BY e.seq
LIMIT $3
