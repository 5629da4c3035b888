-- Bounded, so that a backlog holds no locks for long; what is left is there at the next turn.
UPDATE session
SET ended_at = expires_at, end_reason = 'expired'
WHERE agent_id = $1 AND token IN (
  SELECT token FROM session WHERE agent_id = $1 AND ended_at IS NULL AND expires_at < $2 LIMIT 1000 FOR UPDATE SKIP LOCKED
)
RETURNING 1
