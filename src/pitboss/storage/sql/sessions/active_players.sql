SELECT game_id, count(DISTINCT player_id)
FROM session
WHERE agent_id = $1 AND ended_at IS NULL AND created_at >= $2 AND game_id IS NOT NULL
GROUP BY game_id
