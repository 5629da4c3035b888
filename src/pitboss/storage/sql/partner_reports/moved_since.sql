-- What reached (and, less than nothing, left) the agent's and the players' wallets since a moment, by currency. Entries are never
-- changed: what is there now less this is what was there then.
SELECT
  w.currency, COALESCE(sum(moved.amount) FILTER (WHERE w.player_id IS NULL), 0),
  COALESCE(sum(moved.amount) FILTER (WHERE w.player_id IS NOT NULL), 0)
FROM (
  SELECT to_account AS account, amount FROM entry WHERE agent_id = $1 AND id >= $2 AND at >= $3
  UNION ALL
  SELECT from_account, -amount FROM entry WHERE agent_id = $1 AND id >= $2 AND at >= $3
) AS moved
JOIN wallet w ON w.agent_id = $1 AND w.id = moved.account
GROUP BY w.currency
