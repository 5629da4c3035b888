SELECT replace(id::text, '-', ''), at, direction, dialect, command, reference, url, http_status, error, duration_ms, request, answer
FROM api_error
WHERE agent_id = $1 AND id = $2
