-- Only rows that may be new are told: a new one holds no more events than one of this batch brought ($13).
WITH changed AS (
  INSERT INTO event_play_figure AS f (
    agent_id, player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
  )
  SELECT
    h.agent_id, u.player_id, u.game_id, u.currency, u.events::bigint, u.bets::bigint, u.turnover::numeric * 0.000000001,
    u.wins::bigint, u.winnings::numeric * 0.000000001, u.bonus_turnover::numeric * 0.000000001,
    u.bonus_winnings::numeric * 0.000000001
  FROM event_head h
  CROSS JOIN unnest(
    string_to_array($3, $2, ''), string_to_array($4, $2, ''), string_to_array($5, $2, ''), string_to_array($6, $2, ''),
    string_to_array($7, $2, ''), string_to_array($8, $2, ''), string_to_array($9, $2, ''), string_to_array($10, $2, ''),
    string_to_array($11, $2, ''), string_to_array($12, $2, '')
  ) AS u (player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings)
  WHERE h.agent_id = $1
  ON CONFLICT (agent_id, player_id, game_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    bets = f.bets + excluded.bets,
    turnover = f.turnover + excluded.turnover,
    wins = f.wins + excluded.wins,
    winnings = f.winnings + excluded.winnings,
    bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
    bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
  RETURNING f.player_id, f.game_id, f.currency, f.events
)
SELECT player_id, game_id, currency, events FROM changed WHERE events <= $13
