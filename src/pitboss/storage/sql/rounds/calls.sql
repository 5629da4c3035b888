-- Calls to the agent's wallet about a round that are not settled, in their order.
SELECT
  provider_id, wallet_id, kind, subject, round_id, place, replace(reference::text, '-', ''), amount, data, asked_at, phase, due,
  taken_until, tries, last_error
FROM operator_call
WHERE agent_id = $1 AND wallet_id = $2 AND provider_id = $3 AND round_id = $4
ORDER BY place
