DELETE FROM game_figure_open_round WHERE agent_id = $1 AND user_in_game = $2 AND game_id = $3
