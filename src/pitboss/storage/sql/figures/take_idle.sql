DELETE FROM game_figure_open_round
WHERE agent_id = $1 AND at < $2
RETURNING user_in_game, game_id, currency, round_id, staked, won, at
