-- Without the bodies, which are read one at a time.
SELECT replace(id::text, '-', ''), at, direction, dialect, command, reference, url, http_status, error, duration_ms, NULL, NULL
FROM api_error
WHERE agent_id = $1 AND id >= $2 AND id < $3
  AND ($4::text IS NULL OR direction = $4)
  AND ($5::text IS NULL OR dialect = $5)
  AND ($6::text IS NULL OR lower(command) = lower($6))
  AND ($7::text IS NULL OR strpos(lower(error), lower($7)) > 0)
  AND ($8::text IS NULL OR strpos(lower(reference), lower($8)) > 0)
ORDER BY id DESC
LIMIT $9
