-- What the reader of own events has passed stands in the event store: each bet, win, deposit and withdrawal, and of everything
-- together exactly what it moved, free stakes at their face value. Events are looked for where none can have been deleted: not before the oldest that is there.
WITH kept AS (
  SELECT h.agent_id, c.last_seq, min(e.received_at) AS since, min(e.seq) AS first
  FROM event_head h
  JOIN journal_cursor c ON c.agent_id = h.agent_id AND c.reader = 'own_events'
  LEFT JOIN event e ON e.agent_id = h.agent_id
  GROUP BY h.agent_id, c.last_seq
),
happened AS (
  SELECT
    j.agent_id, (j.event ->> 'id')::uuid AS id, j.event ->> 'kind' AS kind, j.event ->> 'currency' AS currency,
    (j.event ->> 'real')::numeric + (j.event ->> 'bonus')::numeric - COALESCE((j.event ->> 'free_value')::numeric, 0) AS moved
  FROM journal j
  JOIN kept k ON k.agent_id = j.agent_id AND j.seq <= k.last_seq
  WHERE j.event ->> 'kind' IN ('bet', 'win', 'refund', 'cancel', 'deposit', 'withdraw')
    AND j.event ->> 'user_in_game' NOT LIKE 'agent-%' AND (k.first = 1 OR j.at >= k.since)
),
told AS (
  SELECT
    e.agent_id, left(e.unique_id, 32)::uuid AS id, count(*) AS count,
    sum(CASE WHEN e.is_win OR e.kind = 'deposit' THEN e.amount ELSE -e.amount END) AS amount
  FROM event e
  WHERE e.kind IN ('gameround', 'deposit', 'withdraw') AND e.unique_id ~ '^[0-9a-f]{32}(b|[cs][0-9]+)?$'
  GROUP BY e.agent_id, left(e.unique_id, 32)
)
SELECT
  h.agent_id, h.id::text,
  format('%s of %s minor units, told %s times as %s', h.kind, h.moved, COALESCE(t.count, 0), COALESCE(t.amount, 0))
FROM happened h
JOIN currency c ON c.code = h.currency
LEFT JOIN told t ON t.agent_id = h.agent_id AND t.id = h.id
WHERE h.moved <> COALESCE(t.amount, 0) * 10::numeric ^ c.scale
  OR (t.count IS NULL AND h.kind IN ('bet', 'win', 'deposit', 'withdraw'))
