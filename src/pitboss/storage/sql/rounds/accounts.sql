-- What accounts are ($2): the agent's own, wallets, or a player's bonus money, whose account is the wallet's below zero ($3: -$2).
SELECT id, kind FROM account WHERE agent_id = $1 AND id = ANY ($2::bigint[])
UNION ALL
SELECT id, CASE WHEN player_id IS NULL THEN 'agent' ELSE 'player' END
FROM wallet
WHERE agent_id = $1 AND id = ANY ($2::bigint[])
UNION ALL
SELECT -id, 'bonus' FROM wallet WHERE agent_id = $1 AND id = ANY ($3::bigint[])
