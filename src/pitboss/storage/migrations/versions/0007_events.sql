-- The event store (docs/adr/0010-event-store.md says why it looks like this). The rules of 0001 hold here as well.

-- One row an agent: whoever adds events holds it from here to the commit, so sequence numbers are in commit order and without a gap,
-- and the figures below are changed by one transaction at a time.
-- keep_days: events older than this are deleted; null keeps them for ever. Keys are kept for 90 days at least.
CREATE TABLE event_head (
  agent_id  integer PRIMARY KEY,
  last_seq  bigint NOT NULL CHECK (last_seq >= 0),
  keep_days integer CHECK (keep_days > 0)
) WITH (fillfactor = 50);

-- place: event_head
-- What was received, as it was received. at: when it happened. amount: major units, exact.
-- changes: what a player or game event says of its subject; a member left out is not in it.
CREATE TABLE event (
  agent_id    integer NOT NULL,
  seq         bigint NOT NULL CHECK (seq > 0),
  received_at timestamptz NOT NULL,
  at          timestamptz NOT NULL,
  kind        text COLLATE "C" NOT NULL CHECK (kind IN ('gameround', 'deposit', 'withdraw', 'player', 'game', 'login')),
  unique_id   text COLLATE "C" NOT NULL,
  player_id   text COLLATE "C",
  game_id     text COLLATE "C",
  round_id    text COLLATE "C",
  currency    text COLLATE "C",
  amount      numeric CHECK (amount >= 0),
  amount_eur  numeric,
  is_win      boolean,
  is_bonus    boolean,
  method      text,
  corrects    text COLLATE "C",
  changes     json,
  PRIMARY KEY (agent_id, seq, received_at)
) PARTITION BY RANGE (received_at);

-- place: event
-- Partitions are made when a month begins, so the roles that write need a door to it; it makes months of `event` and nothing else.
-- A table is attached, not created in place, so that nobody who reads or writes has to wait.
CREATE FUNCTION event_partition(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  first_day date := date_trunc('month', month::timestamp)::date;
  partition text := 'event_' || to_char(first_day, 'YYYY_MM');
BEGIN
  IF first_day NOT BETWEEN '2020-01-01' AND '2199-12-01' THEN
    RAISE EXCEPTION 'no month of events: %', first_day;
  END IF;
  IF to_regclass('public.' || partition) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE public.%I (LIKE public.event INCLUDING ALL)', partition);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition);
  EXECUTE format('ALTER TABLE public.event ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', partition,
    first_day || ' 00:00:00+00', (first_day + interval '1 month')::date || ' 00:00:00+00');
EXCEPTION WHEN duplicate_table OR unique_violation OR duplicate_object THEN
  NULL;
END $$;

-- A month nobody keeps goes as a whole.
CREATE FUNCTION event_partition_drop(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  IF month >= date_trunc('month', now() AT TIME ZONE 'UTC')::date THEN
    RAISE EXCEPTION 'this month of events is not over: %', month;
  END IF;
  EXECUTE format('DROP TABLE IF EXISTS public.%I', 'event_' || to_char(month, 'YYYY_MM'));
END $$;

REVOKE ALL ON FUNCTION event_partition(date) FROM PUBLIC;

REVOKE ALL ON FUNCTION event_partition_drop(date) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION event_partition(date) TO pitboss_app, pitboss_worker;

GRANT EXECUTE ON FUNCTION event_partition_drop(date) TO pitboss_worker;

-- The idempotency key. Not partitioned: it has no time in it. fingerprint: of all the event says, to tell a repeat from a conflict.
CREATE TABLE event_key (
  agent_id    integer NOT NULL,
  unique_id   text COLLATE "C" NOT NULL,
  fingerprint bigint NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (agent_id, unique_id)
);

-- place: event_key
-- Old keys lie together; this costs an insert next to nothing.
CREATE INDEX event_key_received ON event_key USING brin (received_at) WITH (autosummarize = on);

-- What players and games are said to be. profile: the last word on each member; said: its event's time (microseconds) and unique_id.
-- A row that was never announced is a stub: somebody played.
CREATE TABLE event_player (
  agent_id  integer NOT NULL,
  player_id text COLLATE "C" NOT NULL,
  announced boolean NOT NULL,
  profile   jsonb NOT NULL,
  said      jsonb NOT NULL,
  PRIMARY KEY (agent_id, player_id)
);

-- place: event_player
CREATE TABLE event_game (
  agent_id  integer NOT NULL,
  game_id   text COLLATE "C" NOT NULL,
  announced boolean NOT NULL,
  profile   jsonb NOT NULL,
  said      jsonb NOT NULL,
  PRIMARY KEY (agent_id, game_id)
);

-- place: event_game
-- Figures: sums over all events ever received, in major units. The row of currency '' stands for events without money.
-- Bonus events are counted in bets and wins, and their money in bonus_* alone. events tells whether an upsert made the row.
CREATE TABLE event_player_figure (
  agent_id       integer NOT NULL,
  player_id      text COLLATE "C" NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  events         bigint NOT NULL,
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  last_login     timestamptz,
  bets           bigint NOT NULL,
  turnover       numeric NOT NULL,
  wins           bigint NOT NULL,
  winnings       numeric NOT NULL,
  bonus_turnover numeric NOT NULL,
  bonus_winnings numeric NOT NULL,
  deposits       bigint NOT NULL,
  deposited      numeric NOT NULL,
  withdrawals    bigint NOT NULL,
  withdrawn      numeric NOT NULL,
  PRIMARY KEY (agent_id, player_id, currency)
) WITH (fillfactor = 60);

-- place: event_player_figure
-- players: who ever played it in the currency; in the row of currency '' in any.
CREATE TABLE event_game_figure (
  agent_id       integer NOT NULL,
  game_id        text COLLATE "C" NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  events         bigint NOT NULL,
  first_seen     timestamptz NOT NULL,
  last_seen      timestamptz NOT NULL,
  players        bigint NOT NULL,
  bets           bigint NOT NULL,
  turnover       numeric NOT NULL,
  wins           bigint NOT NULL,
  winnings       numeric NOT NULL,
  bonus_turnover numeric NOT NULL,
  bonus_winnings numeric NOT NULL,
  PRIMARY KEY (agent_id, game_id, currency)
) WITH (fillfactor = 50);

-- place: event_game_figure
CREATE TABLE event_play_figure (
  agent_id       integer NOT NULL,
  player_id      text COLLATE "C" NOT NULL,
  game_id        text COLLATE "C" NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  events         bigint NOT NULL,
  bets           bigint NOT NULL,
  turnover       numeric NOT NULL,
  wins           bigint NOT NULL,
  winnings       numeric NOT NULL,
  bonus_turnover numeric NOT NULL,
  bonus_winnings numeric NOT NULL,
  PRIMARY KEY (agent_id, player_id, game_id, currency)
) WITH (fillfactor = 60);

-- place: event_play_figure
GRANT SELECT, INSERT ON
  event_head, event, event_key, event_player, event_game, event_player_figure, event_game_figure, event_play_figure
  TO pitboss_app, pitboss_worker;

GRANT UPDATE (last_seq) ON event_head TO pitboss_app, pitboss_worker;

GRANT UPDATE ON event_player, event_game, event_player_figure, event_game_figure, event_play_figure TO pitboss_app, pitboss_worker;

GRANT DELETE ON event, event_key TO pitboss_worker;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'event_head', 'event', 'event_key', 'event_player', 'event_game', 'event_player_figure', 'event_game_figure',
    'event_play_figure']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
