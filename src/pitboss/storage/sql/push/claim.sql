-- Whoever moves `due` tries; should it die, the row comes due again.
UPDATE push p
SET due = $3
FROM (
  SELECT kind, provider_id, subject
  FROM push
  WHERE agent_id = $1 AND due <= $2 AND provider_id <> ALL ($4::integer[])
  ORDER BY due
  LIMIT $5
  FOR UPDATE SKIP LOCKED
) AS mine
WHERE p.agent_id = $1 AND p.kind = mine.kind AND p.provider_id = mine.provider_id AND p.subject = mine.subject
RETURNING p.agent_id, p.kind, p.provider_id, p.subject, p.reason, p.since, p.again
