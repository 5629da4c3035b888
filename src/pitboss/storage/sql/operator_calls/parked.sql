SELECT
  w.user_in_game, c.provider_id, c.wallet_id, c.kind, c.subject, c.round_id, c.place, replace(c.reference::text, '-', ''),
  c.amount, c.data, c.asked_at, c.phase, c.due, c.taken_until, c.tries, c.last_error
FROM operator_call c
JOIN wallet w ON w.agent_id = $1 AND w.id = c.wallet_id
WHERE c.agent_id = $1 AND c.phase = 'parked'
ORDER BY c.asked_at, c.place
