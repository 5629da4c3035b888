-- When the next thing stood in a wallet, from a version on.
SELECT t.at
FROM transaction t
WHERE t.agent_id = $1 AND t.wallet_id = $2 AND t.wallet_version >= $3
ORDER BY t.wallet_version
LIMIT 1
