-- An operator answers again: what waits for it need not wait longer. What waits for a bet that may land late does.
UPDATE operator_call
SET due = $2
WHERE agent_id = $1 AND due > $2 AND phase IN ('ask', 'status', 'void') AND (taken_until IS NULL OR taken_until <= $2)
