-- By what is not the username: playerId, or the name a player shows.
SELECT player_id, username, display_name, country, blocked, created_at
FROM (
  (SELECT * FROM player WHERE agent_id = $1 AND player_id >= $2 AND player_id < $3 ORDER BY player_id LIMIT $9)
  UNION
  (
    SELECT *
    FROM player
    WHERE agent_id = $1 AND display_name COLLATE "C" >= $7 AND display_name COLLATE "C" < $8 AND display_name IS NOT NULL
    ORDER BY display_name COLLATE "C"
    LIMIT $9
  )
) p
WHERE ($4::boolean IS NULL OR p.blocked = $4)
  AND ($5::text IS NULL OR (
    SELECT true FROM player_tag t WHERE t.agent_id = $1 AND t.player_id = p.player_id AND t.name = $5))
  AND ($6::text IS NULL OR (
    SELECT true FROM wallet w WHERE w.agent_id = $1 AND w.user_in_game = p.player_id || '-' || $6::text))
ORDER BY username
