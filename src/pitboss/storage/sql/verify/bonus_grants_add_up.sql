-- A grant is the sum of its moves, and has used no more free stakes than it was given.
SELECT g.agent_id, g.code, format('used %s of %s, balance %s, required %s, counted %s, converted %s; its moves make %s, %s, %s, %s, %s',
  g.used, c.stakes, g.balance, g.required, g.counted, g.converted, COALESCE(m.uses, 0), COALESCE(m.money, 0),
  COALESCE(m.required, 0), COALESCE(m.counted, 0), COALESCE(m.converted, 0))
FROM bonus_grant g
JOIN bonus_campaign c ON c.agent_id = g.agent_id AND c.id = g.campaign_id
LEFT JOIN (
  SELECT agent_id, wallet_id, grant_id, sum(uses) AS uses, sum(money) AS money, sum(required) AS required, sum(counted) AS counted,
    sum(converted) AS converted
  FROM bonus_move
  GROUP BY agent_id, wallet_id, grant_id
) m ON m.agent_id = g.agent_id AND m.grant_id = g.id
WHERE (g.used, g.balance, g.required, g.counted, g.converted) IS DISTINCT FROM
  (COALESCE(m.uses, 0), COALESCE(m.money, 0), COALESCE(m.required, 0), COALESCE(m.counted, 0), COALESCE(m.converted, 0))
  OR m.wallet_id <> g.wallet_id OR g.used > c.stakes
