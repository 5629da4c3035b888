SELECT
  currency, first_seen, last_seen, last_login, bets, turnover, wins, winnings, turnover - winnings AS ggr, bonus_turnover,
  bonus_winnings, deposits, deposited, withdrawals, withdrawn
FROM event_player_figure
WHERE agent_id = $1 AND player_id = $2
ORDER BY currency
