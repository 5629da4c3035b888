-- A person will not wait for its turn. What waits on purpose does (see why_not_now), and so does what somebody is at.
UPDATE operator_call
SET due = $6
WHERE agent_id = $1 AND wallet_id = $2 AND provider_id = $3 AND kind = $4 AND subject = $5 AND due > $6
  AND phase IN ('ask', 'status', 'void') AND NOT (kind = 'bet' AND phase = 'ask')
  AND (taken_until IS NULL OR taken_until <= $6)
RETURNING phase
