-- The row that orders whatever happens to a wallet's calls.
SELECT user_in_game FROM wallet WHERE agent_id = $1 AND id = $2 FOR UPDATE
