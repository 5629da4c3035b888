SELECT
  game_id, currency, first_seen, last_seen, players, bets, turnover, wins, winnings, turnover - winnings AS ggr, bonus_turnover,
  bonus_winnings
FROM event_game_figure
WHERE agent_id = $1 AND game_id = ANY ($2::text[])
ORDER BY game_id, currency
