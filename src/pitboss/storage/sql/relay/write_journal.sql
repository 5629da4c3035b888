-- In the order of the batches' ids, which is each wallet's own order: a batch's id is later than any that changed its wallets.
INSERT INTO journal (agent_id, seq, at, event)
SELECT o.agent_id, $3 + row_number() OVER (ORDER BY o.id, e.place), o.at, e.event
FROM outbox o
CROSS JOIN LATERAL json_array_elements(o.events) WITH ORDINALITY AS e (event, place)
WHERE o.agent_id = $1 AND o.id = ANY ($2::uuid[])
