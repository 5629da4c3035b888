-- By number, never by time: a late commit has a later number.
SELECT event::text, at
FROM journal
WHERE agent_id = $1 AND seq > $2 AND seq <= $3
ORDER BY seq
