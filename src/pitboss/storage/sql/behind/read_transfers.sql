-- Whose balance was changed from outside of games.
SELECT DISTINCT event ->> 'user_in_game'
FROM journal
WHERE agent_id = $1 AND seq > $2 AND seq <= $3 AND at >= $4 AND event ->> 'kind' IN ('deposit', 'withdraw')
