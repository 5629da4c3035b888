SELECT unique_id, fingerprint, received_at FROM event_key WHERE agent_id = $1 AND unique_id = ANY ($2::text[])
