SELECT p.player_id, w.currency, c.scale, w.balance, w.bonus_balance
FROM unnest($2::text[]) AS p (player_id)
JOIN wallet w ON w.agent_id = $1 AND w.user_in_game >= p.player_id || '-' AND w.user_in_game < p.player_id || '.'
JOIN currency c ON c.code = w.currency
ORDER BY p.player_id, w.currency
