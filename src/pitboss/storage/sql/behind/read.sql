-- By number, never by time: a late commit has a later number. All of them as one JSON array of [at, event].
SELECT '[' || COALESCE(string_agg('[' || to_json(j.at)::text || ',' || j.event::text || ']', ','), '') || ']'
FROM (
  SELECT at, event
  FROM journal
  WHERE agent_id = $1 AND seq > $2 AND seq <= $3
  ORDER BY seq
) AS j
