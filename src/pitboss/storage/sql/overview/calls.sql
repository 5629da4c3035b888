SELECT
  count(*) FILTER (WHERE phase <> 'parked'), min(asked_at) FILTER (WHERE phase <> 'parked'),
  count(*) FILTER (WHERE phase = 'parked'), min(asked_at) FILTER (WHERE phase = 'parked')
FROM (SELECT phase, asked_at FROM operator_call WHERE agent_id = $1 LIMIT $2) c
