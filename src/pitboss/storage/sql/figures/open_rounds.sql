SELECT user_in_game, game_id, currency, round_id, staked, won, at
FROM game_figure_open_round
WHERE agent_id = $1 AND user_in_game = ANY ($2::text[])
