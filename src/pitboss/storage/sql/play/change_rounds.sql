UPDATE round r
SET staked = u.staked, returned = u.returned, won = u.won, finished = u.finished, bets = u.bets, changed_at = :at
FROM unnest(
  :round_provider::integer[], :round_wallet::bigint[], :round_id::text[], :round_number::bigint[], :round_game::integer[],
  :round_staked::bigint[], :round_returned::bigint[], :round_won::bigint[], :round_finished::boolean[],
  :round_bets::integer[]
) AS u (provider_id, wallet_id, round_id, number, game_id, staked, returned, won, finished, bets)
WHERE r.agent_id = :agent_id AND r.provider_id = u.provider_id AND r.wallet_id = u.wallet_id AND r.round_id = u.round_id
RETURNING 1
