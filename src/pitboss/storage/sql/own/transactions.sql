-- The hub's ids, times and amounts of transactions by the studios' ids (a transaction and its cancel have one of those together), with
-- the face value of the free stakes they took or, negative, gave back.
SELECT
  t.provider_id, t.provider_tx_id, t.is_cancel, t.id::text, t.at, t.real_amount, t.bonus_amount, COALESCE(m.free_value, 0)::bigint,
  t.reason, t.campaign_code
FROM unnest($2::integer[], $3::text[]) AS w (provider_id, provider_tx_id)
JOIN transaction t ON t.agent_id = $1 AND t.provider_id = w.provider_id AND t.provider_tx_id = w.provider_tx_id
LEFT JOIN LATERAL (
  SELECT sum(x.value) AS free_value
  FROM bonus_move x
  WHERE x.agent_id = $1 AND x.wallet_id = t.wallet_id AND x.wallet_version = t.wallet_version
) m ON true
WHERE t.agent_id = $1
