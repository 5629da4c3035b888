-- One look into the index for each agent, however many rows there are.
SELECT a.id
FROM agent AS a
WHERE EXISTS (SELECT 1 FROM partner_request r WHERE r.agent_id = a.id AND r.at < $1)
