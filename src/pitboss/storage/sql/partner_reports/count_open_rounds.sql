SELECT count(*)
FROM round r
JOIN wallet w ON w.agent_id = $1 AND w.id = r.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
WHERE r.agent_id = $1 AND NOT r.finished
  AND ($2::timestamptz IS NULL OR r.changed_at < $2)
  AND ($3::timestamptz IS NULL OR r.opened_at >= $3)
  AND ($4::timestamptz IS NULL OR r.opened_at < $4)
