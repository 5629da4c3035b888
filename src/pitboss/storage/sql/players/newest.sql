-- From a moment back, newest first; filters look at so many players and no further.
SELECT player_id, username, display_name, country, blocked, created_at
FROM (
  SELECT *
  FROM player
  WHERE agent_id = $1 AND (created_at, player_id) <= ($2, $3)
  ORDER BY created_at DESC, player_id DESC
  LIMIT $7
) p
WHERE ($4::boolean IS NULL OR p.blocked = $4)
  AND ($5::text IS NULL OR (
    SELECT true FROM player_tag t WHERE t.agent_id = $1 AND t.player_id = p.player_id AND t.name = $5))
  AND ($6::text IS NULL OR (
    SELECT true FROM wallet w WHERE w.agent_id = $1 AND w.user_in_game = p.player_id || '-' || $6::text))
ORDER BY created_at DESC, player_id DESC
LIMIT $8
