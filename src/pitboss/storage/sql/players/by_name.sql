-- From a name on, in the order of names; filters look at so many players and no further.
SELECT player_id, username, display_name, country, blocked, created_at
FROM (
  SELECT *
  FROM player
  WHERE agent_id = $1 AND username >= $2 AND username < $3
  ORDER BY username
  LIMIT $7
) p
WHERE ($4::boolean IS NULL OR p.blocked = $4)
  AND ($5::text IS NULL OR (
    SELECT true FROM player_tag t WHERE t.agent_id = $1 AND t.player_id = p.player_id AND t.name = $5))
  AND ($6::text IS NULL OR (
    SELECT true FROM wallet w WHERE w.agent_id = $1 AND w.user_in_game = p.player_id || '-' || $6::text))
ORDER BY username
LIMIT $8
