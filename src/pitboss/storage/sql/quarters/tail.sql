-- What is not in the roll-ups yet: the journal behind their cursor, and what the relay has not moved into it.
SELECT j.event::text, j.at
FROM journal j
WHERE j.agent_id = $1 AND j.seq > $2 AND ($3::text IS NULL OR j.event ->> 'user_in_game' LIKE $3)
UNION ALL
SELECT e.event::text, o.at
FROM outbox o
CROSS JOIN LATERAL json_array_elements(o.events) AS e (event)
WHERE o.agent_id = $1 AND ($3::text IS NULL OR e.event ->> 'user_in_game' LIKE $3)
