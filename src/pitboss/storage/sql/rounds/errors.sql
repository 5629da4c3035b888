-- Failed exchanges that may be about a round: ours about one of its messages ($4: the hub's ids of them) or in whose words
-- its number stands ($8), and its studio's ($5: the studio's name) in whose words the player stands ($6). Whoever asks reads the words
-- themselves. The oldest $7 of that time are looked at.
SELECT replace(e.id::text, '-', ''), e.at, e.direction, e.dialect, e.command, e.reference, e.url, e.http_status, e.error, e.duration_ms, e.request, e.answer
FROM (
  SELECT x.*
  FROM api_error x
  WHERE x.agent_id = $1 AND x.id >= $2::uuid AND x.id < $3::uuid
  ORDER BY x.id
  LIMIT $7
) e
WHERE e.dialect = 'wallet' AND (
  e.direction = 'out' AND (e.reference = ANY ($4::text[]) OR strpos(e.request, $8) > 0)
  OR e.direction = 'in' AND (e.reference = $5 OR starts_with(e.reference, $5 || ' ')) AND strpos(e.request, $6) > 0)
ORDER BY e.id
LIMIT 1000
