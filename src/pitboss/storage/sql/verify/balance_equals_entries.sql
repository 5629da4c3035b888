-- A wallet's balance is what reached it less what left it.
SELECT w.agent_id, w.user_in_game, format('balance %s, its entries make %s', w.balance, COALESCE(e.sum, 0))
FROM wallet w
LEFT JOIN (
  SELECT agent_id, account, sum(amount) AS sum
  FROM (
    SELECT agent_id, to_account AS account, amount FROM entry
    UNION ALL
    SELECT agent_id, from_account, -amount FROM entry
  ) sides
  GROUP BY agent_id, account
) e ON e.agent_id = w.agent_id AND e.account = w.id
WHERE w.balance <> COALESCE(e.sum, 0)
