-- In how many currencies each of these players has played each of these games.
SELECT u.player_id, u.game_id, f.currencies
FROM unnest($2::text[], $3::text[]) AS u (player_id, game_id)
CROSS JOIN LATERAL (
  SELECT count(*) AS currencies FROM event_play_figure p
  WHERE p.agent_id = $1 AND p.player_id = u.player_id AND p.game_id = u.game_id
) AS f
