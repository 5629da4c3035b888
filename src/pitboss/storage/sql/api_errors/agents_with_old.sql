-- Agent 0 is nobody in particular. One look into the key for each agent, however many rows there are.
SELECT a.id
FROM (SELECT id FROM agent UNION ALL SELECT 0) AS a
WHERE EXISTS (SELECT 1 FROM api_error e WHERE e.agent_id = a.id AND e.id < $1)
