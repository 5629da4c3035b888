-- Of the agent itself and of its players, by currency; minor units.
SELECT
  currency, sum(balance) FILTER (WHERE player_id IS NULL), sum(balance) FILTER (WHERE player_id IS NOT NULL),
  sum(bonus_balance) FILTER (WHERE player_id IS NOT NULL)
FROM wallet
WHERE agent_id = $1
GROUP BY currency
ORDER BY currency
