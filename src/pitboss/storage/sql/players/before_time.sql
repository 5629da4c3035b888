-- Where a look at so many players, newest first, ended.
SELECT created_at, player_id
FROM player
WHERE agent_id = $1 AND (created_at, player_id) <= ($2, $3)
ORDER BY created_at DESC, player_id DESC
OFFSET $4
LIMIT 1
