SELECT id, at, direction, dialect, command, reference, url, http_status, error, duration_ms, request, answer
FROM api_error
WHERE agent_id = $1 AND id >= $2 AND id < $3 AND ($4::text IS NULL OR direction = $4)
ORDER BY id DESC
LIMIT $5
