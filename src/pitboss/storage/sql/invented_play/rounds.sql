-- Their rounds, a stake and a win each.
INSERT INTO round (
  agent_id, provider_id, wallet_id, round_id, number, game_id, staked, returned, won, finished, bets, opened_at, changed_at
)
SELECT
  $1, $2, t.wallet_id, lpad(t.round::text, 12, '0'), $5 + 2 * t.i + 1, $3, 100, 0, 95, true, 1, t.at, t.next_at
FROM turn t
WHERE t.is_bet
ORDER BY t.wallet_id, t.round
