-- Everything of a batch that needs the agent's head, in one statement, so that nobody waits for the caller in between: its sequence
-- numbers, its events, and what its bets and wins add to the figures of players in games, of players and of games.
-- Told are plays that may be new: a new one holds no more events than one of this batch brought ($30).
WITH head AS (
  UPDATE event_head SET last_seq = last_seq + $3 WHERE agent_id = $1 RETURNING agent_id, last_seq - $3 AS before
),
written AS (
  INSERT INTO event (
    agent_id, received_at, seq, kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
    method, corrects, changes
  )
  SELECT
    h.agent_id, $2, h.before + u.n, u.kind, u.unique_id, u.at, u.player_id, u.game_id, u.round_id, u.currency,
    u.amount, u.amount_eur, u.is_win, u.is_bonus, u.method, u.corrects, u.changes
  FROM head h
  CROSS JOIN unnest(
    $4::text::text[], $5::text::text[], $6::text::timestamptz[], $7::text::text[], $8::text::text[], $9::text::text[],
    $10::text::text[], $11::text::numeric[], $12::text::numeric[], $13::text::boolean[], $14::text::boolean[],
    $15::text::text[], $16::text::text[], $17::text::json[]
  ) WITH ORDINALITY AS u (
    kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus, method, corrects, changes, n
  )
),
play AS MATERIALIZED (
  SELECT
    h.agent_id, u.player_id, u.game_id, u.currency, u.events, u.first_seen, u.last_seen, u.bets,
    u.turnover * 0.000000001 AS turnover, u.wins, u.winnings * 0.000000001 AS winnings,
    u.bonus_turnover * 0.000000001 AS bonus_turnover, u.bonus_winnings * 0.000000001 AS bonus_winnings
  FROM head h
  CROSS JOIN unnest(
    $18::text::text[], $19::text::text[], $20::text::text[], $21::text::bigint[], $22::text::timestamptz[],
    $23::text::timestamptz[], $24::text::bigint[], $25::text::numeric[], $26::text::bigint[], $27::text::numeric[],
    $28::text::numeric[], $29::text::numeric[]
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
SELECT player_id, game_id, currency, events FROM plays WHERE events <= $30
