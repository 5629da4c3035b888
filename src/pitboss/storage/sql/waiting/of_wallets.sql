SELECT c.wallet_id, c.provider_id, c.kind, c.subject, replace(c.reference::text, '-', '')
FROM wallet w
JOIN operator_call c ON c.agent_id = $1 AND c.wallet_id = w.id
WHERE w.agent_id = $1 AND w.user_in_game = ANY ($2::text[])
ORDER BY c.wallet_id, c.place
LIMIT 1000
