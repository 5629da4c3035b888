SELECT game_id, currency, bets, turnover
FROM event_play_figure
WHERE agent_id = $1 AND player_id = $2 AND bets > 0
ORDER BY bets DESC, turnover DESC, game_id
LIMIT $3
