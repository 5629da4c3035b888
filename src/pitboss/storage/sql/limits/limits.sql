SELECT player_id, kind, period, currency, amount, pending_amount, pending_since
FROM player_limit
WHERE agent_id = $1 AND player_id = ANY ($2::text[])
