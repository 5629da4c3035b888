-- What is due, is nobody's, and has no earlier unsettled call of its round before it, is this worker's until $3.
WITH mine AS (
  SELECT c.wallet_id, c.provider_id, c.kind, c.subject
  FROM operator_call c
  WHERE c.agent_id = $1 AND c.due <= $2 AND c.phase <> 'parked' AND (c.taken_until IS NULL OR c.taken_until <= $2)
    AND NOT EXISTS (
      SELECT FROM operator_call e
      WHERE e.agent_id = $1 AND e.wallet_id = c.wallet_id AND e.provider_id = c.provider_id AND e.round_id = c.round_id
        AND e.place < c.place AND e.phase IN ('ask', 'status', 'void'))
  ORDER BY c.due
  LIMIT $4
  FOR UPDATE OF c SKIP LOCKED
)
UPDATE operator_call c
SET taken_until = $3
FROM mine m, wallet w
WHERE c.agent_id = $1 AND c.wallet_id = m.wallet_id AND c.provider_id = m.provider_id AND c.kind = m.kind
  AND c.subject = m.subject AND w.agent_id = $1 AND w.id = c.wallet_id
RETURNING
  w.user_in_game, c.provider_id, c.wallet_id, c.kind, c.subject, c.round_id, c.place, replace(c.reference::text, '-', ''),
  c.amount, c.data, c.asked_at, c.phase, c.due, c.taken_until, c.tries, c.last_error
