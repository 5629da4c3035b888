-- Where these wallets are being played with now.
SELECT DISTINCT w.user_in_game, s.provider_id
FROM wallet w
JOIN session s ON s.agent_id = $1 AND s.player_id = w.player_id AND s.wallet_id = w.id
WHERE w.agent_id = $1 AND w.user_in_game = ANY ($2::text[]) AND s.ended_at IS NULL AND s.expires_at > $3
ORDER BY 1, 2
