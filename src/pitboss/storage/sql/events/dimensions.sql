SELECT dimension, value, count(*) AS games
FROM (
  SELECT d.dimension, v.value
  FROM event_game g
  CROSS JOIN (VALUES ('categories'), ('features'), ('themes')) AS d (dimension)
  CROSS JOIN LATERAL jsonb_array_elements_text(
    CASE WHEN jsonb_typeof(g.profile -> d.dimension) = 'array' THEN g.profile -> d.dimension ELSE '[]' END) AS v (value)
  WHERE g.agent_id = $1
  GROUP BY g.game_id, d.dimension, v.value
  UNION ALL
  SELECT d.dimension, CASE WHEN d.dimension <> 'device' OR g.profile ? 'device' THEN g.profile ->> d.dimension ELSE 'undefined' END
  FROM event_game g CROSS JOIN (VALUES ('device'), ('provider'), ('has_freespins')) AS d (dimension)
  WHERE g.agent_id = $1
) AS said (dimension, value)
WHERE value IS NOT NULL
GROUP BY dimension, value
ORDER BY dimension, games DESC, value
