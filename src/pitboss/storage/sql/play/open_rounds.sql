INSERT INTO round (
  agent_id, provider_id, wallet_id, round_id, number, game_id, staked, returned, won, finished, bets, opened_at, changed_at
)
SELECT :agent_id, u.*, :at, :at
FROM unnest(
  :new_round_provider::integer[], :new_round_wallet::bigint[], :new_round_id::text[], :new_round_number::bigint[],
  :new_round_game::integer[], :new_round_staked::bigint[], :new_round_returned::bigint[], :new_round_won::bigint[],
  :new_round_finished::boolean[], :new_round_bets::integer[]
) AS u
RETURNING 1
