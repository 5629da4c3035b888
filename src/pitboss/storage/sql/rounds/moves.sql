-- What messages ($3: their wallet's versions) did to bonuses.
SELECT m.wallet_version, m.grant_id, g.code, m.uses, m.value, m.staked, m.money, m.required, m.counted, m.converted
FROM bonus_move m
JOIN bonus_grant g ON g.agent_id = $1 AND g.id = m.grant_id
WHERE m.agent_id = $1 AND m.wallet_id = $2 AND m.wallet_version = ANY ($3::bigint[])
ORDER BY m.wallet_version, m.grant_id
