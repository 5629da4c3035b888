SELECT player_id, username, currency, country, created_at, blocked
FROM player
WHERE agent_id = $1 AND player_id > $2
ORDER BY player_id
LIMIT $3
