SELECT w.user_in_game
FROM bonus_grant g
JOIN wallet w ON w.agent_id = $1 AND w.id = g.wallet_id
WHERE g.agent_id = $1 AND g.campaign_id = $2 AND g.state = 'active'
ORDER BY g.wallet_id
