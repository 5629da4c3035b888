-- What players did outside of games. Only rows that may be new are told, as for plays ($12).
WITH changed AS (
  INSERT INTO event_player_figure AS f (
    agent_id, player_id, currency, events, first_seen, last_seen, last_login, bets, turnover, wins, winnings, bonus_turnover,
    bonus_winnings, deposits, deposited, withdrawals, withdrawn
  )
  SELECT
    h.agent_id, u.player_id, u.currency, u.events, u.first_seen, u.last_seen, u.last_login, 0, 0, 0, 0, 0, 0, u.deposits,
    u.deposited * 0.000000001, u.withdrawals, u.withdrawn * 0.000000001
  FROM event_head h
  CROSS JOIN unnest(
    $2::text::text[], $3::text::text[], $4::text::bigint[], $5::text::timestamptz[], $6::text::timestamptz[],
    $7::text::timestamptz[], $8::text::bigint[], $9::text::numeric[], $10::text::bigint[], $11::text::numeric[]
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
SELECT player_id, currency, events FROM changed WHERE events <= $12
