-- Where a look at so many players in the order of names ended.
SELECT username
FROM player
WHERE agent_id = $1 AND username >= $2 AND username < $3
ORDER BY username
OFFSET $4
LIMIT 1
