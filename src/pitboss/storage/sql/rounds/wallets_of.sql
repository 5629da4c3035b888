-- Whose wallets a person may mean: by userInGame, by the hub's id of the player, by the agent's name or the operator's id of him.
SELECT w.id, w.currency, w.version
FROM (
  SELECT player_id FROM player WHERE agent_id = $1 AND player_id = $2
  UNION
  SELECT player_id FROM player WHERE agent_id = $1 AND username = $2
  UNION
  SELECT player_id FROM player WHERE agent_id = $1 AND operator_user_id = $2
) p
JOIN wallet w ON w.agent_id = $1 AND w.user_in_game >= p.player_id || '-' AND w.user_in_game < p.player_id || '.'
UNION
SELECT id, currency, version FROM wallet WHERE agent_id = $1 AND user_in_game = $2 AND player_id IS NOT NULL
ORDER BY 1
