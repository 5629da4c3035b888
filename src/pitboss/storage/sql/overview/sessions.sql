SELECT count(*), count(DISTINCT player_id)
FROM (
  SELECT player_id FROM session WHERE agent_id = $1 AND ended_at IS NULL AND expires_at > $2 LIMIT $3
) s
