DELETE FROM transaction t
USING unnest(:forgotten_provider::integer[], :forgotten_tx_id::text[]) AS u (provider_id, provider_tx_id)
WHERE t.agent_id = :agent_id AND t.provider_id = u.provider_id AND t.provider_tx_id = u.provider_tx_id AND NOT t.is_cancel
  AND t.state = 'pending'
RETURNING 1
