DELETE FROM game_figure_open_round r
USING unnest($2::text::text[], $3::text::integer[]) AS u (user_in_game, game_id)
WHERE r.agent_id = $1 AND r.user_in_game = u.user_in_game AND r.game_id = u.game_id
