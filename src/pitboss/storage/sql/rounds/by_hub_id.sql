-- A wallet's transaction id is made in the moment its message's is: the bounds ($3, $4) find it without an index of its own.
SELECT t.provider_id, t.wallet_id, t.round_id, t.id, t.game_id
FROM transaction t
WHERE t.agent_id = $1 AND t.id BETWEEN $3::uuid AND $4::uuid AND (t.id = $2::uuid OR t.wallet_tx_id = $2::uuid)
  AND t.provider_id <> 0
