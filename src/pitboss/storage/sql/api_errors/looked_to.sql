-- Where a look of $4 failures, the newest first, ends; nothing where there are fewer.
SELECT replace(id::text, '-', '') FROM api_error WHERE agent_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC OFFSET $4 - 1 LIMIT 1
