DELETE FROM outbox WHERE agent_id = $1 AND id = ANY ($2::uuid[])
