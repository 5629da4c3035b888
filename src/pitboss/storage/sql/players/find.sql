SELECT player_id, username, currency, country, blocked, created_at
FROM player
WHERE agent_id = $1 AND username = $2
