SELECT COALESCE(w.balance, 0)
FROM player p
LEFT JOIN wallet w ON w.agent_id = $1 AND w.user_in_game = p.player_id || '-' || $3::text
WHERE p.agent_id = $1 AND p.username = $2
