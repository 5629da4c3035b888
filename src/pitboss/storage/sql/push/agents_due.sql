SELECT DISTINCT agent_id FROM push WHERE due <= $1 AND provider_id <> ALL ($2::integer[])
