-- The cursor's one row stands before the values, so that they are sent where it is.
INSERT INTO game_quarter (
  agent_id, generation, quarter, provider_id, game_id, currency, rated, rounds, bets, turnover, turnover_in_bonus, wins,
  winnings, winnings_in_bonus, jackpots, jackpot_winnings, refunds, refunded, cancels, promo_bets, promo_winnings,
  turnover_settled, winnings_settled, jackpots_settled, promo_settled
)
SELECT
  c.agent_id, $3, u.quarter, u.provider_id, u.game_id, u.currency, u.rated, u.rounds, u.bets, u.turnover, u.turnover_in_bonus,
  u.wins, u.winnings, u.winnings_in_bonus, u.jackpots, u.jackpot_winnings, u.refunds, u.refunded, u.cancels, u.promo_bets,
  u.promo_winnings, u.turnover_settled, u.winnings_settled, u.jackpots_settled, u.promo_settled
FROM journal_cursor c
CROSS JOIN unnest(
  $4::text::timestamptz[], $5::text::integer[], $6::text::integer[], $7::text::text[], $8::text::boolean[], $9::text::bigint[],
  $10::text::bigint[], $11::text::numeric[], $12::text::numeric[], $13::text::bigint[], $14::text::numeric[],
  $15::text::numeric[], $16::text::bigint[], $17::text::numeric[], $18::text::bigint[], $19::text::numeric[],
  $20::text::bigint[], $21::text::bigint[], $22::text::numeric[], $23::text::numeric[], $24::text::numeric[],
  $25::text::numeric[], $26::text::numeric[]
) AS u (
  quarter, provider_id, game_id, currency, rated, rounds, bets, turnover, turnover_in_bonus, wins, winnings,
  winnings_in_bonus, jackpots, jackpot_winnings, refunds, refunded, cancels, promo_bets, promo_winnings, turnover_settled,
  winnings_settled, jackpots_settled, promo_settled
)
WHERE c.agent_id = $1 AND c.reader = $2
ON CONFLICT (agent_id, generation, quarter, provider_id, game_id, currency, rated)
DO UPDATE SET
  rounds = game_quarter.rounds + excluded.rounds,
  bets = game_quarter.bets + excluded.bets,
  turnover = game_quarter.turnover + excluded.turnover,
  turnover_in_bonus = game_quarter.turnover_in_bonus + excluded.turnover_in_bonus,
  wins = game_quarter.wins + excluded.wins,
  winnings = game_quarter.winnings + excluded.winnings,
  winnings_in_bonus = game_quarter.winnings_in_bonus + excluded.winnings_in_bonus,
  jackpots = game_quarter.jackpots + excluded.jackpots,
  jackpot_winnings = game_quarter.jackpot_winnings + excluded.jackpot_winnings,
  refunds = game_quarter.refunds + excluded.refunds,
  refunded = game_quarter.refunded + excluded.refunded,
  cancels = game_quarter.cancels + excluded.cancels,
  promo_bets = game_quarter.promo_bets + excluded.promo_bets,
  promo_winnings = game_quarter.promo_winnings + excluded.promo_winnings,
  turnover_settled = game_quarter.turnover_settled + excluded.turnover_settled,
  winnings_settled = game_quarter.winnings_settled + excluded.winnings_settled,
  jackpots_settled = game_quarter.jackpots_settled + excluded.jackpots_settled,
  promo_settled = game_quarter.promo_settled + excluded.promo_settled
