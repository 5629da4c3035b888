-- When transactions were made, by their own ids.
SELECT w.place, t.at
FROM unnest($2::integer[], $3::integer[], $4::text[]) AS w (place, provider_id, provider_tx_id)
CROSS JOIN LATERAL (
  SELECT x.at
  FROM transaction x
  WHERE x.agent_id = $1 AND x.provider_id = w.provider_id AND x.provider_tx_id = w.provider_tx_id AND NOT x.is_cancel
  LIMIT 1
) t
