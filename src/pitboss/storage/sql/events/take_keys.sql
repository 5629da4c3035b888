-- Another transaction that takes one of these keys is waited for; keys come sorted, so that two cannot wait for each other.
INSERT INTO event_key (agent_id, unique_id, fingerprint, received_at)
SELECT h.agent_id, u.unique_id, u.fingerprint, $4
FROM event_head h CROSS JOIN unnest($2::text[], $3::bigint[]) AS u (unique_id, fingerprint)
WHERE h.agent_id = $1
ON CONFLICT (agent_id, unique_id) DO NOTHING
RETURNING unique_id
