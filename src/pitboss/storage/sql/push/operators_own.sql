-- How the wallet of a seamless agent is to be asked for a balance: by the latest session that this studio has open with it.
SELECT CASE WHEN p.operator_user_id IS NULL THEN p.username ELSE p.operator_user_id END, s.operator_token, w.currency
FROM wallet w
JOIN session s ON s.agent_id = $1 AND s.player_id = w.player_id AND s.wallet_id = w.id
JOIN player p ON p.agent_id = $1 AND p.player_id = w.player_id
WHERE w.agent_id = $1 AND w.user_in_game = $2 AND s.provider_id = $3 AND s.ended_at IS NULL AND s.expires_at > $4
ORDER BY s.created_at DESC
LIMIT 1
