INSERT INTO operator_call (
  agent_id, provider_id, wallet_id, kind, subject, round_id, place, reference, amount, data, asked_at, phase, due, taken_until,
  tries, last_error
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
