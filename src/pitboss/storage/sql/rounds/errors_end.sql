-- The first failed exchange that was not looked at; nothing where all of that time were.
SELECT x.at
FROM api_error x
WHERE x.agent_id = $1 AND x.id >= $2::uuid AND x.id < $3::uuid
ORDER BY x.id
OFFSET $4 LIMIT 1
