SELECT g.agent_id, w.user_in_game, g.code
FROM (
  SELECT agent_id, wallet_id, code FROM bonus_grant WHERE state = 'active' AND expires_at <= $1
  UNION
  SELECT agent_id, wallet_id, code
  FROM bonus_grant
  WHERE state = 'active' AND (balance = 0 OR counted >= required) AND use_by <= $1
) g
JOIN wallet w ON w.agent_id = g.agent_id AND w.id = g.wallet_id
LIMIT $2
