INSERT INTO bonus_move (
  agent_id, wallet_id, wallet_version, grant_id, provider_id, round_id, uses, value, staked, money, required, counted, converted,
  at
)
SELECT :agent_id, u.*, :at
FROM unnest(
  :move_wallet::bigint[], :move_version::bigint[], :move_grant::uuid[], :move_provider::integer[], :move_round::text[],
  :move_uses::integer[], :move_value::bigint[], :move_staked::bigint[], :move_money::bigint[], :move_required::bigint[],
  :move_counted::bigint[], :move_converted::bigint[]
) AS u
RETURNING 1
