SELECT s.provider_id, s.game_id, s.expires_at, s.ended_at IS NOT NULL, w.user_in_game, w.currency,
       p.username, p.display_name, p.country, p.blocked, w.balance + w.bonus_balance,
       p.player_id, p.operator_user_id, s.operator_token
FROM session s
JOIN wallet w ON w.agent_id = $1 AND w.id = s.wallet_id
JOIN player p ON p.agent_id = $1 AND p.player_id = s.player_id
WHERE s.agent_id = $1 AND s.token = $2
