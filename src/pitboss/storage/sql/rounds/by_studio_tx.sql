-- A message by the id its studio gave it ($2), at any studio ($3: all of them); or by the history id.
SELECT t.provider_id, t.wallet_id, t.round_id, t.id, t.game_id
FROM transaction t
WHERE t.agent_id = $1 AND t.provider_id = ANY ($3::integer[]) AND t.provider_tx_id = $2
UNION
SELECT t.provider_id, t.wallet_id, t.round_id, t.id, t.game_id
FROM transaction t
WHERE t.agent_id = $1 AND t.history_id = $2
