SELECT
  code, name, type, currency_values, games, multiplier, multiplier_settable, max_conversion, days_valid, days_to_use, active
FROM bonus_template
WHERE agent_id = $1
ORDER BY code
