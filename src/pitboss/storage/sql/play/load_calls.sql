-- The unsettled calls of the batch's wallets; only batches of seamless agents ask.
SELECT
  provider_id, wallet_id, kind, subject, round_id, place, replace(reference::text, '-', '') AS reference, amount, data, asked_at,
  phase, due, taken_until, tries, last_error
FROM operator_call
WHERE agent_id = $1 AND wallet_id = ANY ($2::bigint[])
ORDER BY wallet_id, place
