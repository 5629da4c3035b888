INSERT INTO outbox (agent_id, id, at, events) VALUES ($1, $2::uuid, $3, $4::json)
