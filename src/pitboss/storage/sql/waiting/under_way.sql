-- What the worker is at, the next due first; at most $6 are looked at. stop: the last of those, where there may be more.
WITH looked AS MATERIALIZED (
  SELECT wallet_id, provider_id, kind, subject, phase, due, reference
  FROM operator_call
  WHERE agent_id = $1 AND phase <> 'parked' AND due >= $2 AND (due, reference) > ($2, $3)
  ORDER BY due, reference
  LIMIT $6
)
(
  SELECT wallet_id, provider_id, kind, subject, due, replace(reference::text, '-', ''), false AS stop
  FROM looked
  WHERE $4::text IS NULL OR phase = $4
  ORDER BY due, reference
  LIMIT $5
)
UNION ALL
(
  SELECT wallet_id, provider_id, kind, subject, due, replace(reference::text, '-', ''), true
  FROM looked
  ORDER BY due, reference
  OFFSET $6 - 1
)
