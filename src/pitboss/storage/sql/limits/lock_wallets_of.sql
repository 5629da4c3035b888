-- In id order like the engine's batches; one of those that is under way ends first, the next one sees what is written here.
SELECT id, currency
FROM wallet
WHERE agent_id = $1 AND user_in_game >= $2 || '-' AND user_in_game < $2 || '.'
ORDER BY id
FOR NO KEY UPDATE
