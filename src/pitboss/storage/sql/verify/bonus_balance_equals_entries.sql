-- A wallet's bonus money is what reached it less what left it (its account is the wallet's number below zero), and what its grants
-- hold together.
SELECT w.agent_id, w.user_in_game,
  format('bonus balance %s, its entries make %s, its grants hold %s', w.bonus_balance, COALESCE(e.sum, 0), COALESCE(g.sum, 0))
FROM wallet w
LEFT JOIN (
  SELECT agent_id, account, sum(amount) AS sum
  FROM (
    SELECT agent_id, to_account AS account, amount FROM entry WHERE to_account < 0
    UNION ALL
    SELECT agent_id, from_account, -amount FROM entry WHERE from_account < 0
  ) sides
  GROUP BY agent_id, account
) e ON e.agent_id = w.agent_id AND e.account = -w.id
LEFT JOIN (
  SELECT agent_id, wallet_id, sum(balance) AS sum FROM bonus_grant GROUP BY agent_id, wallet_id
) g ON g.agent_id = w.agent_id AND g.wallet_id = w.id
WHERE w.bonus_balance <> COALESCE(e.sum, 0) OR w.bonus_balance <> COALESCE(g.sum, 0)
