DELETE FROM event_key
WHERE agent_id = $1
  AND ctid = ANY (ARRAY(SELECT k.ctid FROM event_key k WHERE k.agent_id = $1 AND k.received_at < $2 LIMIT $3))
