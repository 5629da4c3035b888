INSERT INTO revenue (agent_id, generation, currency, settled, unrated)
SELECT c.agent_id, $3, u.currency, u.settled, u.unrated
FROM journal_cursor c
CROSS JOIN unnest($4::text[], $5::numeric[], $6::numeric[]) AS u (currency, settled, unrated)
WHERE c.agent_id = $1 AND c.reader = $2
ON CONFLICT (agent_id, generation, currency)
DO UPDATE SET settled = revenue.settled + excluded.settled, unrated = revenue.unrated + excluded.unrated
