INSERT INTO game_quarter
SELECT
  agent_id, generation, quarter, provider_id, game_id, currency, rated, sum(rounds), sum(bets), sum(turnover), sum(turnover_in_bonus),
  sum(wins), sum(winnings), sum(winnings_in_bonus), sum(jackpots), sum(jackpot_winnings), sum(refunds), sum(refunded), sum(cancels),
  sum(promo_bets), sum(promo_winnings), sum(turnover_settled), sum(winnings_settled), sum(jackpots_settled), sum(promo_settled)
FROM player_quarter
WHERE agent_id = $1 AND generation = $2
GROUP BY agent_id, generation, quarter, provider_id, game_id, currency, rated
