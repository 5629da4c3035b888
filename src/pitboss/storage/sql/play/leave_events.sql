INSERT INTO outbox (agent_id, id, at, events) VALUES (:agent_id, :batch_id::uuid, :at, :events::json)
RETURNING 1
