INSERT INTO transaction (
  agent_id, provider_id, provider_tx_id, is_cancel, id, wallet_tx_id, number, kind, state, said, wallet_id, wallet_version, game_id,
  round_id, real_amount, balance_before, balance_after, told, settle_rate, reason, at
)
SELECT
  $1, $2, lpad((t.i + 1)::text, 15, '0'), false, t.id::uuid, t.wallet_tx_id::uuid, $5 + 2 * t.i,
  CASE WHEN t.is_bet THEN 'bet' ELSE 'win' END, 'ok', '', t.wallet_id, t.wallet_version, $3, lpad(t.round::text, 12, '0'), t.amount,
  t.before, t.after, t.after, 1, 'not_provided', t.at
FROM turn t
ORDER BY t.i
