SELECT agent_id, game_id, currency, rounds, staked, won, staked_squares, won_squares, staked_by_won, promo_stakes, promo_won
FROM game_figure
WHERE $1::integer IS NULL OR agent_id = $1
ORDER BY game_id, agent_id, currency
