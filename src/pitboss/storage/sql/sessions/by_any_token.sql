-- The hub's token, or the operator's own. Each is found by an index of its own.
(SELECT token FROM session WHERE agent_id = $1 AND token = $2)
UNION
(SELECT token FROM session WHERE agent_id = $1 AND operator_token IS NOT NULL AND operator_token = $2)
