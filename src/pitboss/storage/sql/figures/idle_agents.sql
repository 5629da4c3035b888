SELECT DISTINCT agent_id FROM game_figure_open_round WHERE at < $1
