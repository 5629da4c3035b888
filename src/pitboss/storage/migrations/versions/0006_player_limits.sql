-- Players' own limits, and how much of them is used. The rules of 0001 hold here as well.

-- Whether a player has limits: read with the player at every stake, so that one without costs no further look.
ALTER TABLE player ADD COLUMN limited boolean NOT NULL DEFAULT false;

-- amount: minor units of the currency, or minutes where kind is sessionTime (then currency is empty); null for none.
-- pending_since: from when on pending_amount holds instead (null: none at all any more).
CREATE TABLE player_limit (
  agent_id       integer NOT NULL,
  player_id      text COLLATE "C" NOT NULL,
  kind           text COLLATE "C" NOT NULL CHECK (kind IN ('deposit', 'wager', 'loss', 'sessionTime')),
  period         text COLLATE "C" NOT NULL CHECK (period IN ('day', 'week', 'month')),
  currency       text COLLATE "C" NOT NULL,
  amount         bigint CHECK (amount >= 0),
  pending_amount bigint CHECK (pending_amount >= 0),
  pending_since  timestamptz,
  PRIMARY KEY (agent_id, player_id, kind, period, currency),
  CONSTRAINT player_limit_pending CHECK (pending_since IS NOT NULL OR pending_amount IS NULL)
);

-- place: player_limit
ALTER TABLE player_limit ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

-- Until when a player stays away.
CREATE TABLE player_away (
  agent_id      integer NOT NULL,
  player_id     text COLLATE "C" NOT NULL,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('coolOff', 'selfExclusion')),
  until         timestamptz,
  pending_until timestamptz,
  pending_since timestamptz,
  PRIMARY KEY (agent_id, player_id, kind),
  CONSTRAINT player_away_pending CHECK (pending_since IS NOT NULL OR pending_until IS NULL)
);

-- place: player_away
ALTER TABLE player_away ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

-- Counters of a limited player's wallet; each period has the day (UTC) it began with. Minor units, microseconds of play.
CREATE TABLE limit_use (
  agent_id        integer NOT NULL,
  player_id       text COLLATE "C" NOT NULL,
  currency        text COLLATE "C" NOT NULL,
  last_stake_at   timestamptz,
  day             date NOT NULL,
  day_deposited   bigint NOT NULL,
  day_staked      bigint NOT NULL,
  day_lost        bigint NOT NULL,
  day_played_us   bigint NOT NULL,
  week            date NOT NULL,
  week_deposited  bigint NOT NULL,
  week_staked     bigint NOT NULL,
  week_lost       bigint NOT NULL,
  week_played_us  bigint NOT NULL,
  month           date NOT NULL,
  month_deposited bigint NOT NULL,
  month_staked    bigint NOT NULL,
  month_lost      bigint NOT NULL,
  month_played_us bigint NOT NULL,
  PRIMARY KEY (agent_id, player_id, currency)
) WITH (fillfactor = 50);

-- place: limit_use
ALTER TABLE limit_use ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

GRANT SELECT ON player_limit, player_away, limit_use TO pitboss_app, pitboss_worker;

GRANT INSERT, UPDATE, DELETE ON player_limit, player_away TO pitboss_app;

GRANT INSERT, UPDATE ON limit_use TO pitboss_app;

GRANT UPDATE (limited) ON player TO pitboss_app;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['player_limit', 'player_away', 'limit_use']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
