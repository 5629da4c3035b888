-- Another transaction that takes one of these keys is waited for; keys come sorted, so that two cannot wait for each other.
-- The answer: null when all of them are ours now, else those that are.
WITH taken AS (
  INSERT INTO event_key (agent_id, unique_id, fingerprint, received_at)
  SELECT h.agent_id, u.unique_id, u.fingerprint::bigint, $2
  FROM event_head h
  CROSS JOIN unnest(string_to_array($4, $3), string_to_array($5, $3)) AS u (unique_id, fingerprint)
  WHERE h.agent_id = $1
  ON CONFLICT (agent_id, unique_id) DO NOTHING
  RETURNING unique_id
)
SELECT CASE WHEN count(*) < $6 THEN COALESCE(array_agg(unique_id), '{}') END FROM taken
