SELECT p.player_id, w.id IS NOT NULL, a.id IS NOT NULL
FROM player p
LEFT JOIN wallet w ON w.agent_id = $1 AND w.user_in_game = p.player_id || '-' || $3::text
LEFT JOIN wallet a ON a.agent_id = $1 AND a.user_in_game = 'agent-' || $3::text
WHERE p.agent_id = $1 AND p.username = $2
