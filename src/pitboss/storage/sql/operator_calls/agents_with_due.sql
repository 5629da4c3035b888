SELECT DISTINCT agent_id
FROM operator_call
WHERE due <= $1 AND phase <> 'parked' AND (taken_until IS NULL OR taken_until <= $1)
