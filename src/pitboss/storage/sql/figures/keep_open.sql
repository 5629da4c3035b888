INSERT INTO game_figure_open_round (agent_id, user_in_game, game_id, currency, round_id, staked, won, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (agent_id, user_in_game, game_id)
DO UPDATE SET currency = excluded.currency, round_id = excluded.round_id, staked = excluded.staked, won = excluded.won, at = excluded.at
