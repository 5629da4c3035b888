-- Everything of a batch that needs the agent's head, in one statement, so that nobody waits for the caller in between: its sequence
-- numbers, its events, and what its bets and wins add to the figures of players in games, of players and of games.
-- Told are plays that may be new: a new one holds no more events than one of this batch brought ($32).
WITH head AS (
  UPDATE event_head SET last_seq = last_seq + $3 WHERE agent_id = $1 RETURNING agent_id, last_seq - $3 AS before
),
written AS (
  INSERT INTO event (
    agent_id, received_at, seq, kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
    method, corrects, changes
  )
  SELECT
    h.agent_id, $2, h.before + u.n, u.kind, u.unique_id, u.at::timestamptz, u.player_id, u.game_id, u.round_id, u.currency,
    u.amount::numeric, u.amount_eur::numeric, u.is_win::boolean, u.is_bonus::boolean, u.method, u.corrects, u.changes::json
  FROM head h
  CROSS JOIN unnest(
    string_to_array($5, $4, ''), string_to_array($6, $4, ''), string_to_array($7, $4, ''), string_to_array($8, $4, ''),
    string_to_array($9, $4, ''), string_to_array($10, $4, ''), string_to_array($11, $4, ''), string_to_array($12, $4, ''),
    string_to_array($13, $4, ''), string_to_array($14, $4, ''), string_to_array($15, $4, ''), string_to_array($16, $4, ''),
    string_to_array($17, $4, ''), string_to_array($18, $4, '')
  ) WITH ORDINALITY AS u (
    kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus, method, corrects, changes, n
  )
),
play AS MATERIALIZED (
  SELECT
    h.agent_id, u.player_id, u.game_id, u.currency, u.events::bigint, u.first_seen::timestamptz, u.last_seen::timestamptz,
    u.bets::bigint, u.turnover::numeric * 0.000000001 AS turnover, u.wins::bigint, u.winnings::numeric * 0.000000001 AS winnings,
    u.bonus_turnover::numeric * 0.000000001 AS bonus_turnover, u.bonus_winnings::numeric * 0.000000001 AS bonus_winnings
  FROM head h
  CROSS JOIN unnest(
    string_to_array($20, $19), string_to_array($21, $19), string_to_array($22, $19), string_to_array($23, $19), string_to_array($24, $19),
    string_to_array($25, $19), string_to_array($26, $19), string_to_array($27, $19), string_to_array($28, $19), string_to_array($29, $19),
    string_to_array($30, $19), string_to_array($31, $19)
  ) AS u (
    player_id, game_id, currency, events, first_seen, last_seen, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
  )
),
plays AS (
  INSERT INTO event_play_figure AS f (
    agent_id, player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
  )
  SELECT agent_id, player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings FROM play
  ON CONFLICT (agent_id, player_id, game_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    bets = f.bets + excluded.bets,
    turnover = f.turnover + excluded.turnover,
    wins = f.wins + excluded.wins,
    winnings = f.winnings + excluded.winnings,
    bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
    bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
  RETURNING f.player_id, f.game_id, f.currency, f.events
),
players AS (
  INSERT INTO event_player_figure AS f (
    agent_id, player_id, currency, events, first_seen, last_seen, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings,
    deposits, deposited, withdrawals, withdrawn
  )
  SELECT
    agent_id, player_id, currency, sum(events), min(first_seen), max(last_seen), sum(bets), sum(turnover), sum(wins), sum(winnings),
    sum(bonus_turnover), sum(bonus_winnings), 0, 0, 0, 0
  FROM play GROUP BY agent_id, player_id, currency
  ON CONFLICT (agent_id, player_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    first_seen = LEAST(f.first_seen, excluded.first_seen),
    last_seen = GREATEST(f.last_seen, excluded.last_seen),
    bets = f.bets + excluded.bets,
    turnover = f.turnover + excluded.turnover,
    wins = f.wins + excluded.wins,
    winnings = f.winnings + excluded.winnings,
    bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
    bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
),
games AS (
  INSERT INTO event_game_figure AS f (
    agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover,
    bonus_winnings
  )
  SELECT
    agent_id, game_id, currency, sum(events), min(first_seen), max(last_seen), 0, sum(bets), sum(turnover), sum(wins),
    sum(winnings), sum(bonus_turnover), sum(bonus_winnings)
  FROM play GROUP BY agent_id, game_id, currency
  ON CONFLICT (agent_id, game_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    first_seen = LEAST(f.first_seen, excluded.first_seen),
    last_seen = GREATEST(f.last_seen, excluded.last_seen),
    bets = f.bets + excluded.bets,
    turnover = f.turnover + excluded.turnover,
    wins = f.wins + excluded.wins,
    winnings = f.winnings + excluded.winnings,
    bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
    bonus_winnings = f.bonus_winnings + excluded.bonus_winnings
)
SELECT player_id, game_id, currency, events FROM plays WHERE events <= $32
