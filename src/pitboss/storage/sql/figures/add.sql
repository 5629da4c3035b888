INSERT INTO game_figure (
  agent_id, game_id, currency, rounds, staked, won, staked_squares, won_squares, staked_by_won, promo_stakes, promo_won
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (agent_id, game_id, currency)
DO UPDATE SET
  rounds = game_figure.rounds + excluded.rounds,
  staked = game_figure.staked + excluded.staked,
  won = game_figure.won + excluded.won,
  staked_squares = game_figure.staked_squares + excluded.staked_squares,
  won_squares = game_figure.won_squares + excluded.won_squares,
  staked_by_won = game_figure.staked_by_won + excluded.staked_by_won,
  promo_stakes = game_figure.promo_stakes + excluded.promo_stakes,
  promo_won = game_figure.promo_won + excluded.promo_won
