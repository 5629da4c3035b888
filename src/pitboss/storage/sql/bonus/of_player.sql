SELECT w.user_in_game, g.state, g.campaign_id
FROM player p
JOIN bonus_grant g ON g.agent_id = $1 AND g.player_id = p.player_id AND g.code = $3
JOIN wallet w ON w.agent_id = $1 AND w.id = g.wallet_id
WHERE p.agent_id = $1 AND p.username = $2
