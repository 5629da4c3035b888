-- Without those that were set aside already.
SELECT
  e.seq, e.kind, e.unique_id, e.at, e.player_id, e.game_id, e.round_id, e.currency, trim_scale(e.amount)::text AS amount,
  trim_scale(e.amount_eur)::text AS amount_eur, e.is_win, e.is_bonus, e.method, e.corrects, e.changes, d.seq IS NOT NULL AS dead
FROM event e
LEFT JOIN feed_dead_letter d ON d.agent_id = $1 AND d.feed = $2 AND d.seq = e.seq
WHERE e.agent_id = $1 AND e.seq > $3 AND e.seq <= $4
ORDER BY e.seq
LIMIT $5
