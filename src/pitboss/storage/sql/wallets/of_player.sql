-- By the index on user_in_game, in which a player's wallets stand side by side ('.' follows '-').
SELECT w.currency, c.scale, w.balance, w.bonus_balance
FROM wallet w
JOIN currency c ON c.code = w.currency
WHERE w.agent_id = $1 AND w.user_in_game >= $2::text || '-' AND w.user_in_game < $2::text || '.'
ORDER BY w.currency
