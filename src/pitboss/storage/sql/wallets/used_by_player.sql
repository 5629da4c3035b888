-- A player's wallets stand side by side in the index on user_in_game ('.' follows '-').
SELECT id
FROM wallet
WHERE agent_id = $1 AND user_in_game >= $2 || '-' AND user_in_game < $2 || '.' AND version > 0
