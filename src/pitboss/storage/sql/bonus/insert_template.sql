INSERT INTO bonus_template (
  agent_id, code, name, type, currency_values, games, multiplier, multiplier_settable, max_conversion, days_valid, days_to_use,
  active, created_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
