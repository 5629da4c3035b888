-- What waits for a person, in the order of the key; at most $7 are looked at. stop: the last of those, where there may be more.
WITH looked AS MATERIALIZED (
  SELECT wallet_id, provider_id, kind, subject, phase
  FROM operator_call
  WHERE agent_id = $1 AND (wallet_id, provider_id, kind, subject) > ($2, $3, $4, $5)
  ORDER BY wallet_id, provider_id, kind, subject
  LIMIT $7
)
(
  SELECT wallet_id, provider_id, kind, subject, false AS stop
  FROM looked
  WHERE phase = 'parked'
  ORDER BY wallet_id, provider_id, kind, subject
  LIMIT $6
)
UNION ALL
(
  SELECT wallet_id, provider_id, kind, subject, true
  FROM looked
  ORDER BY wallet_id, provider_id, kind, subject
  OFFSET $7 - 1
)
