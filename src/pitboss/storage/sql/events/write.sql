-- A batch, in one statement, so that nobody waits for the caller while the agent's head is held: its sequence numbers, its events, and
-- what they add to the figures of players in games, of players and of games. What can be done without the head is done before it is
-- taken: `head` looks at the sums for no other reason.
-- A correction takes an event back as a whole: its money and its count leave the side they were counted on, so that turnover is what
-- stood. Money of bonus events is counted apart, their number with the others. Columns with one value for all come as that ($18 to $20).
-- Told are players in games and players of whom there were no figures: these hold no more events than the batch brought.
WITH sent AS MATERIALIZED (
  SELECT
    n, COALESCE(kind, $18) AS kind, unique_id, at, player_id, game_id, round_id, COALESCE(currency, $19) AS currency, amount,
    amount_eur, is_win, COALESCE(is_bonus, $20) AS is_bonus, method, corrects, changes
  FROM (
    -- Sets side by side in a list of columns are walked in step; in FROM each would be stored first.
    SELECT
      unnest($4::text::text[]) AS kind, unnest($5::text::text[]) AS unique_id, unnest($6::text::timestamptz[]) AS at,
      unnest($7::text::text[]) AS player_id, unnest($8::text::text[]) AS game_id, unnest($9::text::text[]) AS round_id,
      unnest($10::text::text[]) AS currency, unnest($11::text::numeric[]) AS amount, unnest($12::text::numeric[]) AS amount_eur,
      unnest($13::text::boolean[]) AS is_win, unnest($14::text::boolean[]) AS is_bonus, unnest($15::text::text[]) AS method,
      unnest($16::text::text[]) AS corrects, unnest($17::text::json[]) AS changes, generate_series(1, $3) AS n
  ) AS u
),
-- Of players outside of games there is a row without a game, of what is said of games one without a player.
added AS MATERIALIZED (
  SELECT
    player_id, game_id, currency, count(*) AS events, min(at) AS first_seen, max(at) AS last_seen,
    max(at) FILTER (WHERE kind = 'login') AS last_login,
    COALESCE(sum(counted) FILTER (WHERE NOT is_win), 0) AS bets,
    COALESCE(sum(amount) FILTER (WHERE NOT is_win AND NOT is_bonus), 0) AS turnover,
    COALESCE(sum(counted) FILTER (WHERE is_win), 0) AS wins,
    COALESCE(sum(amount) FILTER (WHERE is_win AND NOT is_bonus), 0) AS winnings,
    COALESCE(sum(amount) FILTER (WHERE NOT is_win AND is_bonus), 0) AS bonus_turnover,
    COALESCE(sum(amount) FILTER (WHERE is_win AND is_bonus), 0) AS bonus_winnings,
    count(*) FILTER (WHERE kind = 'deposit') AS deposits,
    COALESCE(sum(amount) FILTER (WHERE kind = 'deposit'), 0) AS deposited,
    count(*) FILTER (WHERE kind = 'withdraw') AS withdrawals,
    COALESCE(sum(amount) FILTER (WHERE kind = 'withdraw'), 0) AS withdrawn
  FROM (
    SELECT
      kind, at, player_id, game_id, COALESCE(currency, '') AS currency, is_bonus,
      CASE WHEN corrects IS NULL THEN is_win ELSE NOT is_win END AS is_win,
      CASE WHEN corrects IS NULL THEN amount ELSE -amount END AS amount,
      CASE WHEN corrects IS NULL THEN 1 ELSE -1 END AS counted
    FROM sent
  ) AS s
  GROUP BY player_id, game_id, currency
),
of_players AS MATERIALIZED (
  SELECT
    player_id, currency, sum(events) AS events, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
    max(last_login) AS last_login, sum(bets) AS bets, sum(turnover) AS turnover, sum(wins) AS wins, sum(winnings) AS winnings,
    sum(bonus_turnover) AS bonus_turnover, sum(bonus_winnings) AS bonus_winnings, sum(deposits) AS deposits,
    sum(deposited) AS deposited, sum(withdrawals) AS withdrawals, sum(withdrawn) AS withdrawn
  FROM added WHERE player_id IS NOT NULL
  GROUP BY player_id, currency
),
of_games AS MATERIALIZED (
  SELECT
    game_id, currency, sum(events) AS events, min(first_seen) AS first_seen, max(last_seen) AS last_seen, sum(bets) AS bets,
    sum(turnover) AS turnover, sum(wins) AS wins, sum(winnings) AS winnings, sum(bonus_turnover) AS bonus_turnover,
    sum(bonus_winnings) AS bonus_winnings
  FROM added WHERE game_id IS NOT NULL
  GROUP BY game_id, currency
),
head AS (
  UPDATE event_head SET last_seq = last_seq + $3
  WHERE agent_id = $1 AND (SELECT count(*) FROM of_players) + (SELECT count(*) FROM of_games) > 0
  RETURNING agent_id, last_seq - $3 AS before
),
written AS (
  INSERT INTO event (
    agent_id, received_at, seq, kind, unique_id, at, player_id, game_id, round_id, currency, amount, amount_eur, is_win, is_bonus,
    method, corrects, changes
  )
  SELECT
    h.agent_id, $2, h.before + s.n, s.kind, s.unique_id, s.at, s.player_id, s.game_id, s.round_id, s.currency, s.amount,
    s.amount_eur, s.is_win, s.is_bonus, s.method, s.corrects, s.changes
  FROM head h CROSS JOIN sent s
),
plays AS (
  INSERT INTO event_play_figure AS f (
    agent_id, player_id, game_id, currency, events, bets, turnover, wins, winnings, bonus_turnover, bonus_winnings
  )
  SELECT
    h.agent_id, a.player_id, a.game_id, a.currency, a.events, a.bets, a.turnover, a.wins, a.winnings, a.bonus_turnover,
    a.bonus_winnings
  FROM head h CROSS JOIN added a
  WHERE a.player_id IS NOT NULL AND a.game_id IS NOT NULL
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
    agent_id, player_id, currency, events, first_seen, last_seen, last_login, bets, turnover, wins, winnings, bonus_turnover,
    bonus_winnings, deposits, deposited, withdrawals, withdrawn
  )
  SELECT
    h.agent_id, p.player_id, p.currency, p.events, p.first_seen, p.last_seen, p.last_login, p.bets, p.turnover, p.wins, p.winnings,
    p.bonus_turnover, p.bonus_winnings, p.deposits, p.deposited, p.withdrawals, p.withdrawn
  FROM head h CROSS JOIN of_players p
  ON CONFLICT (agent_id, player_id, currency) DO UPDATE SET
    events = f.events + excluded.events,
    first_seen = LEAST(f.first_seen, excluded.first_seen),
    last_seen = GREATEST(f.last_seen, excluded.last_seen),
    last_login = GREATEST(f.last_login, excluded.last_login),
    bets = f.bets + excluded.bets,
    turnover = f.turnover + excluded.turnover,
    wins = f.wins + excluded.wins,
    winnings = f.winnings + excluded.winnings,
    bonus_turnover = f.bonus_turnover + excluded.bonus_turnover,
    bonus_winnings = f.bonus_winnings + excluded.bonus_winnings,
    deposits = f.deposits + excluded.deposits,
    deposited = f.deposited + excluded.deposited,
    withdrawals = f.withdrawals + excluded.withdrawals,
    withdrawn = f.withdrawn + excluded.withdrawn
  RETURNING f.player_id, f.currency, f.events
),
games AS (
  INSERT INTO event_game_figure AS f (
    agent_id, game_id, currency, events, first_seen, last_seen, players, bets, turnover, wins, winnings, bonus_turnover,
    bonus_winnings
  )
  SELECT
    h.agent_id, g.game_id, g.currency, g.events, g.first_seen, g.last_seen, 0, g.bets, g.turnover, g.wins, g.winnings,
    g.bonus_turnover, g.bonus_winnings
  FROM head h CROSS JOIN of_games g
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
SELECT p.player_id, p.game_id, p.currency, a.first_seen, a.last_seen
FROM plays p
JOIN added a ON a.player_id = p.player_id AND a.game_id = p.game_id AND a.currency = p.currency AND a.events = p.events
WHERE p.events <= (SELECT max(events) FROM added)
UNION ALL
SELECT p.player_id, NULL, p.currency, NULL, NULL
FROM players p
JOIN of_players a ON a.player_id = p.player_id AND a.currency = p.currency AND a.events = p.events
WHERE p.events <= (SELECT max(events) FROM of_players)
