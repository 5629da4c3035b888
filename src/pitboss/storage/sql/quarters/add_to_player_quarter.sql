-- The cursor's one row stands before the values, so that they are sent where it is.
INSERT INTO player_quarter (
  agent_id, generation, player_id, quarter, provider_id, game_id, currency, rated, rounds, bets, turnover, turnover_in_bonus,
  wins, winnings, winnings_in_bonus, jackpots, jackpot_winnings, refunds, refunded, cancels, promo_bets, promo_winnings,
  turnover_settled, winnings_settled, jackpots_settled, promo_settled
)
SELECT
  c.agent_id, $3, u.player_id, u.quarter, u.provider_id, u.game_id, u.currency, u.rated, u.rounds, u.bets, u.turnover,
  u.turnover_in_bonus, u.wins, u.winnings, u.winnings_in_bonus, u.jackpots, u.jackpot_winnings, u.refunds, u.refunded,
  u.cancels, u.promo_bets, u.promo_winnings, u.turnover_settled, u.winnings_settled, u.jackpots_settled, u.promo_settled
FROM journal_cursor c
CROSS JOIN unnest(
  $4::text::text[], $5::text::timestamptz[], $6::text::integer[], $7::text::integer[], $8::text::text[], $9::text::boolean[],
  $10::text::bigint[], $11::text::bigint[], $12::text::numeric[], $13::text::numeric[], $14::text::bigint[],
  $15::text::numeric[], $16::text::numeric[], $17::text::bigint[], $18::text::numeric[], $19::text::bigint[],
  $20::text::numeric[], $21::text::bigint[], $22::text::bigint[], $23::text::numeric[], $24::text::numeric[],
  $25::text::numeric[], $26::text::numeric[], $27::text::numeric[]
) AS u (
  player_id, quarter, provider_id, game_id, currency, rated, rounds, bets, turnover, turnover_in_bonus, wins, winnings,
  winnings_in_bonus, jackpots, jackpot_winnings, refunds, refunded, cancels, promo_bets, promo_winnings, turnover_settled,
  winnings_settled, jackpots_settled, promo_settled
)
WHERE c.agent_id = $1 AND c.reader = $2
ON CONFLICT (agent_id, generation, player_id, quarter, provider_id, game_id, currency, rated)
DO UPDATE SET
  rounds = player_quarter.rounds + excluded.rounds,
  bets = player_quarter.bets + excluded.bets,
  turnover = player_quarter.turnover + excluded.turnover,
  turnover_in_bonus = player_quarter.turnover_in_bonus + excluded.turnover_in_bonus,
  wins = player_quarter.wins + excluded.wins,
  winnings = player_quarter.winnings + excluded.winnings,
  winnings_in_bonus = player_quarter.winnings_in_bonus + excluded.winnings_in_bonus,
  jackpots = player_quarter.jackpots + excluded.jackpots,
  jackpot_winnings = player_quarter.jackpot_winnings + excluded.jackpot_winnings,
  refunds = player_quarter.refunds + excluded.refunds,
  refunded = player_quarter.refunded + excluded.refunded,
  cancels = player_quarter.cancels + excluded.cancels,
  promo_bets = player_quarter.promo_bets + excluded.promo_bets,
  promo_winnings = player_quarter.promo_winnings + excluded.promo_winnings,
  turnover_settled = player_quarter.turnover_settled + excluded.turnover_settled,
  winnings_settled = player_quarter.winnings_settled + excluded.winnings_settled,
  jackpots_settled = player_quarter.jackpots_settled + excluded.jackpots_settled,
  promo_settled = player_quarter.promo_settled + excluded.promo_settled
