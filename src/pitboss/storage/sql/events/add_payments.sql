-- What players did outside of games. Only rows that may be new are told, as for plays ($13).
WITH changed AS (
  INSERT INTO event_player_figure AS f (
    agent_id, player_id, currency, events, first_seen, last_seen, last_login, bets, turnover, wins, winnings, bonus_turnover,
    bonus_winnings, deposits, deposited, withdrawals, withdrawn
  )
  SELECT
    h.agent_id, u.player_id, COALESCE(u.currency, ''), u.events::bigint, u.first_seen::timestamptz, u.last_seen::timestamptz,
    u.last_login::timestamptz, 0, 0, 0, 0, 0, 0, u.deposits::bigint, u.deposited::numeric * 0.000000001, u.withdrawals::bigint,
    u.withdrawn::numeric * 0.000000001
  FROM event_head h
  CROSS JOIN unnest(
    string_to_array($3, $2, ''), string_to_array($4, $2, ''), string_to_array($5, $2, ''), string_to_array($6, $2, ''),
    string_to_array($7, $2, ''), string_to_array($8, $2, ''), string_to_array($9, $2, ''), string_to_array($10, $2, ''),
    string_to_array($11, $2, ''), string_to_array($12, $2, '')
  ) AS u (player_id, currency, events, first_seen, last_seen, last_login, deposits, deposited, withdrawals, withdrawn)
  WHERE h.agent_id = $1
  ON CONFLICT (agent_id, player_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    first_seen = LEAST(f.first_seen, excluded.first_seen),
    last_seen = GREATEST(f.last_seen, excluded.last_seen),
    last_login = GREATEST(f.last_login, excluded.last_login),
    deposits = f.deposits + excluded.deposits,
    deposited = f.deposited + excluded.deposited,
    withdrawals = f.withdrawals + excluded.withdrawals,
    withdrawn = f.withdrawn + excluded.withdrawn
  RETURNING f.player_id, f.currency, f.events
)
SELECT player_id, currency, events FROM changed WHERE events <= $13
