SELECT token, player_id, created_at FROM session WHERE agent_id = $1 AND token > $2 ORDER BY token LIMIT $3
