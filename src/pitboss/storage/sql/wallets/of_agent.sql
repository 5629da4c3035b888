SELECT currency, balance
FROM wallet
WHERE agent_id = $1 AND user_in_game = ANY ($2::text[])
