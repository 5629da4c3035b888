-- The heart: who the hub serves, what they play, and every cent that moves.
--
-- Rules this file keeps (docs/adr/0004-schema.md says why):
--   global tables are small and rarely written; tenant tables begin every key with agent_id;
--   ids and times come from the application; money is bigint in minor units of its currency;
--   no triggers, no sequences, no defaults that read a clock.

DO $$
BEGIN
  CREATE ROLE pitboss_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
  CREATE ROLE pitboss_worker NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

-- ---------------------------------------------------------------- global tables

-- One row: what all processes of one hub share.
-- config_version rises with every administrative change, so that processes reload what they keep in memory.
-- last_process hands each process a number of its own, the upper half of the numbers it gives out.
-- public_url is where the running hub is reached, for those who administer it by its database alone.
CREATE TABLE hub (
  only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  config_version  bigint  NOT NULL DEFAULT 0,
  last_process    bigint  NOT NULL DEFAULT 0 CHECK (last_process < 4194304),
  master_key_file text,
  public_url      text
);

-- place reference: hub
INSERT INTO hub DEFAULT VALUES;

-- A currency's scale is fixed once money is stored in it, whatever a later data package says.
CREATE TABLE currency (
  code  text COLLATE "C" PRIMARY KEY CHECK (code ~ '^[A-Z0-9]{2,10}$'),
  name  text NOT NULL,
  scale smallint NOT NULL CHECK (scale BETWEEN 0 AND 9)
);

-- place reference: currency
CREATE TABLE rate (
  from_currency text COLLATE "C" NOT NULL,
  to_currency   text COLLATE "C" NOT NULL,
  valid_from    timestamptz NOT NULL,
  rate          numeric NOT NULL CHECK (rate > 0),
  PRIMARY KEY (from_currency, to_currency, valid_from),
  CHECK (from_currency <> to_currency)
);

-- place reference: rate
CREATE TABLE provider (
  id                   integer PRIMARY KEY CHECK (id > 0),
  code                 text COLLATE "C" NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9_]{1,20}$'),
  name                 text NOT NULL,
  operator_id          text COLLATE "C" NOT NULL UNIQUE CHECK (length(operator_id) BETWEEN 1 AND 20),
  sealed_secret        bytea NOT NULL,
  launch_url           text,
  callback_url         text,
  logo_url             text NOT NULL DEFAULT '',
  active               boolean NOT NULL DEFAULT true,
  allowed_ips          text[] NOT NULL DEFAULT '{}',
  restricted_countries text[] NOT NULL DEFAULT '{}',
  prohibited_countries text[] NOT NULL DEFAULT '{}',
  created_at           timestamptz NOT NULL
);

-- place reference: provider
-- A studio that counts in its own unit: 1 unit = currency_per_unit of currency, a power of ten.
CREATE TABLE provider_unit (
  provider_id       integer NOT NULL REFERENCES provider,
  unit              text COLLATE "C" NOT NULL,
  currency          text COLLATE "C" NOT NULL,
  currency_per_unit numeric NOT NULL CHECK (currency_per_unit > 0),
  PRIMARY KEY (provider_id, unit),
  UNIQUE (provider_id, currency)
);

-- place reference: provider_unit
CREATE TABLE game (
  id                   integer PRIMARY KEY CHECK (id BETWEEN 1 AND 999999),
  provider_id          integer NOT NULL REFERENCES provider,
  provider_game_id     bigint NOT NULL CHECK (provider_game_id BETWEEN 0 AND 999999),
  code                 text COLLATE "C" NOT NULL UNIQUE,
  name                 text NOT NULL,
  category             text COLLATE "C" NOT NULL CHECK (category ~ '^[a-z0-9_]{1,40}$'),
  rtp                  numeric,
  has_free_round       boolean NOT NULL DEFAULT false,
  has_free_chip        boolean NOT NULL DEFAULT false,
  fun_mode             boolean NOT NULL DEFAULT false,
  devices              text[] NOT NULL DEFAULT '{desktop,mobile}',
  logo_url             text NOT NULL DEFAULT '',
  bet_values           jsonb NOT NULL DEFAULT '{}',
  restricted_countries text[] NOT NULL DEFAULT '{}',
  prohibited_countries text[] NOT NULL DEFAULT '{}',
  active               boolean NOT NULL DEFAULT true,
  created_at           timestamptz NOT NULL,
  UNIQUE (provider_id, provider_game_id)
);

-- place reference: game
-- Named stake ranges of a studio's category; amounts are minor units of the player's currency.
CREATE TABLE bet_limit_set (
  provider_id integer NOT NULL REFERENCES provider,
  category    text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  label       text NOT NULL,
  is_default  boolean NOT NULL DEFAULT false,
  PRIMARY KEY (provider_id, category, id)
);

-- place reference: bet_limit_set
CREATE UNIQUE INDEX bet_limit_set_one_default ON bet_limit_set (provider_id, category) WHERE is_default;

CREATE TABLE bet_limit (
  provider_id integer NOT NULL,
  category    text COLLATE "C" NOT NULL,
  set_id      text COLLATE "C" NOT NULL,
  currency    text COLLATE "C" NOT NULL,
  min_stake   bigint NOT NULL CHECK (min_stake >= 0),
  max_stake   bigint NOT NULL CHECK (max_stake >= min_stake),
  PRIMARY KEY (provider_id, category, set_id, currency),
  FOREIGN KEY (provider_id, category, set_id) REFERENCES bet_limit_set
);

-- place reference: bet_limit
-- An agent's row and those of what it is configured with are read by every process into memory: global by use.
CREATE TABLE agent (
  id              integer PRIMARY KEY CHECK (id > 0),
  prefix          text COLLATE "C" NOT NULL UNIQUE CHECK (prefix ~ '^[a-z0-9]{5}$'),
  name            text NOT NULL UNIQUE,
  type            text NOT NULL CHECK (type IN ('transfer', 'seamless')),
  parent_id       integer REFERENCES agent,
  active          boolean NOT NULL DEFAULT true,
  base_currency   text COLLATE "C" NOT NULL REFERENCES currency,
  operator_id     text COLLATE "C" NOT NULL UNIQUE CHECK (length(operator_id) BETWEEN 1 AND 20),
  sealed_secret   bytea NOT NULL,
  wallet_url      text,
  default_country text COLLATE "C" NOT NULL DEFAULT '',
  utc_offset_min  smallint NOT NULL DEFAULT 0 CHECK (utc_offset_min BETWEEN -1080 AND 1080),
  one_session     boolean NOT NULL DEFAULT false,
  allow_negative  boolean NOT NULL DEFAULT false,
  credit_limit    bigint CHECK (credit_limit >= 0),
  allowed_ips     text[] NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL,
  CHECK (type = 'transfer' OR wallet_url IS NOT NULL),
  CHECK (parent_id <> id)
);

-- place reference: agent
CREATE TABLE agent_currency (
  agent_id integer NOT NULL REFERENCES agent,
  currency text COLLATE "C" NOT NULL REFERENCES currency,
  PRIMARY KEY (agent_id, currency)
);

-- place reference: agent_currency
-- share: of the GGR, what the agent keeps; commission and contribution: of the turnover.
CREATE TABLE agent_provider (
  agent_id          integer NOT NULL REFERENCES agent,
  provider_id       integer NOT NULL REFERENCES provider,
  active            boolean NOT NULL DEFAULT true,
  share             numeric NOT NULL DEFAULT 0 CHECK (share BETWEEN 0 AND 1),
  commission_rate   numeric NOT NULL DEFAULT 0 CHECK (commission_rate BETWEEN 0 AND 1),
  contribution_rate numeric NOT NULL DEFAULT 0 CHECK (contribution_rate BETWEEN 0 AND 1),
  PRIMARY KEY (agent_id, provider_id)
);

-- place reference: agent_provider
-- A row where an agent differs from the catalogue: the game is switched off for its players.
CREATE TABLE agent_game_off (
  agent_id integer NOT NULL REFERENCES agent,
  game_id  integer NOT NULL REFERENCES game,
  PRIMARY KEY (agent_id, game_id)
);

-- place reference: agent_game_off
-- Accounts that are no wallet: counted from their entries, so that no row is written by every bet.
CREATE TABLE account (
  agent_id    integer NOT NULL REFERENCES agent,
  id          bigint NOT NULL CHECK (id > 0),
  kind        text NOT NULL CHECK (kind IN ('funding', 'house', 'operator', 'provider', 'bonus_cost', 'suspense')),
  currency    text COLLATE "C" NOT NULL REFERENCES currency,
  provider_id integer REFERENCES provider,
  PRIMARY KEY (agent_id, id),
  UNIQUE NULLS NOT DISTINCT (agent_id, kind, currency, provider_id),
  CHECK ((kind = 'provider') = (provider_id IS NOT NULL))
);

-- place reference: account
-- A key is shown once and kept as a keyed hash; public_id is the part that finds it.
CREATE TABLE api_key (
  public_id  text COLLATE "C" PRIMARY KEY,
  agent_id   integer NOT NULL REFERENCES agent,
  scope      text NOT NULL CHECK (scope IN ('agent_api', 'partner_api', 'events_api')),
  key_hash   bytea NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz
);

-- place reference: api_key
-- Every administrative act, chained: hash = sha256(previous hash + the row's canonical JSON).
CREATE TABLE audit (
  seq      bigint PRIMARY KEY CHECK (seq > 0),
  at       timestamptz NOT NULL,
  actor    text NOT NULL,
  action   text NOT NULL,
  agent_id integer,
  subject  text NOT NULL,
  detail   jsonb NOT NULL,
  previous bytea NOT NULL,
  hash     bytea NOT NULL UNIQUE
);

-- place reference: audit
-- ---------------------------------------------------------------- tenant tables

CREATE TABLE player (
  agent_id         integer NOT NULL,
  player_id        text COLLATE "C" NOT NULL CHECK (player_id ~ '^[a-z0-9]{16}$'),
  username         text COLLATE "C" NOT NULL CHECK (username ~ '^[a-z0-9]{4,30}$'),
  currency         text COLLATE "C",
  country          text COLLATE "C" NOT NULL DEFAULT '',
  blocked          boolean NOT NULL DEFAULT false,
  operator_user_id text COLLATE "C",
  display_name     text,
  created_at       timestamptz NOT NULL,
  PRIMARY KEY (agent_id, player_id),
  UNIQUE (agent_id, username)
);

-- place: player
-- Partial, here and for sessions: players of transfer agents have none, and an index that begins with agent_id over rows without
-- the rest is one the planner may take for a look-up by another key as long as it knows no statistics.
CREATE UNIQUE INDEX player_of_operator ON player (agent_id, operator_user_id) WHERE operator_user_id IS NOT NULL;

-- A player's or an agent's money in one currency. The row is the lock that orders what happens to it,
-- version numbers those happenings. user_in_game: playerId-CURRENCY, or agent-CURRENCY.
-- last_batch_ns: the time in the id of the batch that last changed it; the next batch's id is later even when clocks disagree.
CREATE TABLE wallet (
  agent_id        integer NOT NULL,
  id              bigint NOT NULL,
  user_in_game    text COLLATE "C" NOT NULL,
  player_id       text COLLATE "C",
  currency        text COLLATE "C" NOT NULL,
  balance         bigint NOT NULL DEFAULT 0,
  bonus_balance   bigint NOT NULL DEFAULT 0 CHECK (bonus_balance >= 0),
  version         bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
  may_go_negative boolean NOT NULL DEFAULT false,
  last_batch_ns   bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (agent_id, id),
  UNIQUE (agent_id, user_in_game),
  CONSTRAINT wallet_not_overdrawn CHECK (balance >= 0 OR may_go_negative),
  CONSTRAINT wallet_within_bounds CHECK (balance BETWEEN -1000000000000000000 AND 4000000000000000000)
) WITH (fillfactor = 60);

-- place: wallet
ALTER TABLE wallet ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

CREATE TABLE session (
  agent_id       integer NOT NULL,
  token          text COLLATE "C" NOT NULL CHECK (token ~ '^[A-Za-z0-9]{20,50}$'),
  operator_token text COLLATE "C",
  player_id      text COLLATE "C" NOT NULL,
  wallet_id      bigint NOT NULL,
  provider_id    integer NOT NULL,
  game_id        integer,
  lobby_id       text,
  currency       text COLLATE "C" NOT NULL,
  language       text NOT NULL DEFAULT 'en',
  device         text NOT NULL DEFAULT 'desktop',
  home_url       text,
  deposit_url    text,
  player_ip      text,
  created_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  ended_at       timestamptz,
  end_reason     text,
  PRIMARY KEY (agent_id, token)
);

-- place: session
ALTER TABLE session ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

ALTER TABLE session ADD FOREIGN KEY (agent_id, wallet_id) REFERENCES wallet;

CREATE UNIQUE INDEX session_of_operator ON session (agent_id, operator_token) WHERE operator_token IS NOT NULL;

CREATE INDEX session_live ON session (agent_id, player_id) WHERE ended_at IS NULL;

-- One player's part of a round of a studio; number is what a seamless operator sees as round_id.
CREATE TABLE round (
  agent_id    integer NOT NULL,
  provider_id integer NOT NULL,
  wallet_id   bigint NOT NULL,
  round_id    text COLLATE "C" NOT NULL,
  number      bigint NOT NULL,
  game_id     integer,
  staked      bigint NOT NULL CHECK (staked >= 0),
  returned    bigint NOT NULL CHECK (returned >= 0),
  won         bigint NOT NULL,
  finished    boolean NOT NULL,
  bets        integer NOT NULL CHECK (bets >= 0),
  opened_at   timestamptz NOT NULL,
  changed_at  timestamptz NOT NULL,
  PRIMARY KEY (agent_id, provider_id, wallet_id, round_id),
  CONSTRAINT round_returns_at_most_stakes CHECK (returned <= staked)
) WITH (fillfactor = 80);

-- place: round
-- Everything that happened, or was refused, or was told never to happen, to a wallet.
-- The primary key is the idempotency key; provider 0 is the hub itself (deposits and withdrawals, by their requestId).
-- said: the caller's words that a repeat must match. refusal: the name of the first refusal, given again for ever.
-- real_amount and bonus_amount are signed: what the wallet gained. told: the balance in the first answer.
CREATE TABLE transaction (
  agent_id       integer NOT NULL,
  provider_id    integer NOT NULL,
  provider_tx_id text COLLATE "C" NOT NULL,
  is_cancel      boolean NOT NULL,
  id             uuid NOT NULL,
  wallet_tx_id   uuid NOT NULL,
  number         bigint NOT NULL,
  kind           text COLLATE "C" NOT NULL,
  state          text COLLATE "C" NOT NULL,
  said           text COLLATE "C" NOT NULL,
  refusal        text COLLATE "C",
  wallet_id      bigint NOT NULL,
  wallet_version bigint,
  game_id        integer,
  round_id       text COLLATE "C",
  real_amount    bigint NOT NULL DEFAULT 0,
  bonus_amount   bigint NOT NULL DEFAULT 0,
  balance_before bigint NOT NULL DEFAULT 0,
  balance_after  bigint NOT NULL DEFAULT 0,
  told           bigint NOT NULL DEFAULT 0,
  settle_rate    numeric,
  reason         text,
  campaign_code  text,
  history_id     text,
  review         text,
  answer         text,
  at             timestamptz NOT NULL,
  PRIMARY KEY (agent_id, provider_id, provider_tx_id, is_cancel),
  CONSTRAINT transaction_kind CHECK (kind IN ('bet', 'win', 'refund', 'cancel', 'deposit', 'withdraw', 'unknown')),
  CONSTRAINT transaction_state CHECK (state IN ('ok', 'refused', 'canceled', 'tombstone', 'pending', 'voiding', 'parked')),
  CONSTRAINT transaction_refusal CHECK ((state = 'refused') = (refusal IS NOT NULL)),
  CONSTRAINT transaction_adds_up CHECK (balance_after = balance_before + real_amount),
  CONSTRAINT transaction_direction CHECK (
    (kind NOT IN ('win', 'refund', 'deposit') OR (real_amount >= 0 AND bonus_amount >= 0))
    AND (kind NOT IN ('bet', 'withdraw') OR (real_amount <= 0 AND bonus_amount <= 0))),
  CONSTRAINT transaction_moves_only_when_it_stood CHECK (
    state IN ('ok', 'canceled') OR (real_amount = 0 AND bonus_amount = 0 AND wallet_version IS NULL))
) WITH (fillfactor = 90);

-- place: transaction
-- Two happenings cannot both be the next one of a wallet; also the order a player's history is read in.
-- INCLUDE lets a page far down be found without its rows: 300,000 items deep in 16 ms instead of 300.
CREATE UNIQUE INDEX transaction_of_wallet ON transaction (agent_id, wallet_id, wallet_version) INCLUDE (provider_id);

CREATE UNIQUE INDEX transaction_in_time ON transaction (agent_id, id) INCLUDE (provider_id, wallet_version);

-- One posting: amount leaves one account and reaches another. Never changed, never deleted.
-- from_*/to_*: for the wallets among the two, their version and real balance after the posting.
CREATE TABLE entry (
  agent_id       integer NOT NULL,
  id             uuid NOT NULL,
  transaction_id uuid NOT NULL,
  from_account   bigint NOT NULL,
  to_account     bigint NOT NULL,
  amount         bigint NOT NULL CHECK (amount > 0),
  from_version   bigint,
  from_after     bigint,
  to_version     bigint,
  to_after       bigint,
  at             timestamptz NOT NULL,
  PRIMARY KEY (agent_id, id),
  CONSTRAINT entry_moves CHECK (from_account <> to_account)
);

-- place: entry
-- What a batch did, told once, moved by the relay into the journal under gap-free numbers.
CREATE TABLE outbox (
  agent_id integer NOT NULL,
  id       uuid NOT NULL,
  at       timestamptz NOT NULL,
  events   json NOT NULL,
  PRIMARY KEY (agent_id, id)
);

-- place: outbox
CREATE TABLE journal_head (
  agent_id integer PRIMARY KEY,
  last_seq bigint NOT NULL CHECK (last_seq >= 0)
);

-- place: journal_head
CREATE TABLE journal (
  agent_id integer NOT NULL,
  seq      bigint NOT NULL CHECK (seq > 0),
  at       timestamptz NOT NULL,
  event    json NOT NULL,
  PRIMARY KEY (agent_id, seq)
);

-- place: journal
-- ---------------------------------------------------------------- who may do what

GRANT USAGE ON SCHEMA public TO pitboss_app, pitboss_worker;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO pitboss_app, pitboss_worker;

REVOKE SELECT ON audit FROM pitboss_app;

GRANT UPDATE (last_process, public_url) ON hub TO pitboss_app, pitboss_worker;

GRANT INSERT ON player, wallet, session, round, transaction, entry, outbox TO pitboss_app;

GRANT UPDATE (country, currency, display_name, operator_user_id) ON player TO pitboss_app;

GRANT UPDATE (balance, bonus_balance, version, may_go_negative, last_batch_ns) ON wallet TO pitboss_app;

GRANT UPDATE (expires_at, ended_at, end_reason, language, device) ON session TO pitboss_app;

GRANT UPDATE (staked, returned, won, finished, bets, changed_at) ON round TO pitboss_app;

GRANT UPDATE (state) ON transaction TO pitboss_app;

GRANT DELETE ON outbox TO pitboss_worker;

GRANT UPDATE (ended_at, end_reason) ON session TO pitboss_worker;

GRANT INSERT, UPDATE ON journal_head TO pitboss_worker;

GRANT INSERT ON journal TO pitboss_worker;

-- Policies compare the setting alone, so that a forgotten WHERE finds nothing of another tenant.
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'player', 'wallet', 'session', 'round', 'transaction', 'entry', 'outbox', 'journal_head', 'journal']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
