UPDATE bonus_grant g
SET
  state = u.state, used = u.used, balance = u.balance, required = u.required, counted = u.counted, converted = u.converted,
  closed_at = u.closed_at
FROM unnest(
  :grant_id::uuid[], :grant_state::text[], :grant_used::integer[], :grant_balance::bigint[], :grant_required::bigint[],
  :grant_counted::bigint[], :grant_converted::bigint[], :grant_closed_at::timestamptz[]
) AS u (id, state, used, balance, required, counted, converted, closed_at)
WHERE g.agent_id = :agent_id AND g.id = u.id
RETURNING 1
