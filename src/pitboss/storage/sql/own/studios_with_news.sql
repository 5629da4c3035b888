-- Studios of agents with games that changed since the agent was told of them.
SELECT a.agent_id, a.provider_id, COALESCE(t.version, -1), COALESCE(t.game_id, 0)
FROM agent_provider a
LEFT JOIN own_event_game t ON t.agent_id = a.agent_id AND t.provider_id = a.provider_id
WHERE a.active AND EXISTS (
  SELECT 1 FROM game g
  WHERE g.provider_id = a.provider_id AND (g.changed_version, g.id) > (COALESCE(t.version, -1), COALESCE(t.game_id, 0)))
