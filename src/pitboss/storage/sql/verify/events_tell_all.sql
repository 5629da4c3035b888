-- Every transaction that happened to a wallet is told once, in the journal or still in the outbox; nothing else is.
SELECT COALESCE(t.agent_id, e.agent_id), COALESCE(t.id, e.id)::text,
  format('happened %s times, told %s times', (t.id IS NOT NULL)::integer, COALESCE(e.count, 0))
FROM (SELECT agent_id, id FROM transaction WHERE wallet_version IS NOT NULL) t
FULL JOIN (
  SELECT agent_id, id, count(*) AS count
  FROM (
    SELECT agent_id, (event ->> 'id')::uuid AS id FROM journal WHERE event ->> 'wallet_version' IS NOT NULL
    UNION ALL
    SELECT o.agent_id, (e ->> 'id')::uuid FROM outbox o, json_array_elements(o.events) e WHERE e ->> 'wallet_version' IS NOT NULL
  ) told
  GROUP BY agent_id, id
) e ON e.agent_id = t.agent_id AND e.id = t.id
WHERE t.id IS NULL OR e.id IS NULL OR e.count <> 1
