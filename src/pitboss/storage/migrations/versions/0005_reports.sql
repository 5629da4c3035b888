-- Reports that do not read the ledger: what was played, added up from the journal by quarters of an hour (UTC).
-- The rules of 0001 hold here as well. Amounts are minor units of the row's currency, numeric, since sums outgrow 64 bits.
-- *_settled: minor units times each transaction's own settle rate, exact; rated: whether the transactions had one.
-- generation: a rebuild fills the next one beside the one that is read, and then becomes it at once.

-- Which generation is read; none is 0. Its cursor in the journal is the reader 'reports.<generation>'.
CREATE TABLE report_generation (
  agent_id   integer PRIMARY KEY,
  generation integer NOT NULL CHECK (generation >= 0)
);

-- place: report_generation
CREATE TABLE player_quarter (
  agent_id           integer NOT NULL,
  generation         integer NOT NULL,
  player_id          text COLLATE "C" NOT NULL,
  quarter            timestamptz NOT NULL,
  provider_id        integer NOT NULL,
  game_id            integer NOT NULL,
  currency           text COLLATE "C" NOT NULL,
  rated              boolean NOT NULL,
  rounds             bigint NOT NULL,
  bets               bigint NOT NULL,
  turnover           numeric NOT NULL,
  turnover_in_bonus  numeric NOT NULL,
  wins               bigint NOT NULL,
  winnings           numeric NOT NULL,
  winnings_in_bonus  numeric NOT NULL,
  jackpots           bigint NOT NULL,
  jackpot_winnings   numeric NOT NULL,
  refunds            bigint NOT NULL,
  refunded           numeric NOT NULL,
  cancels            bigint NOT NULL,
  promo_bets         bigint NOT NULL,
  promo_winnings     numeric NOT NULL,
  turnover_settled   numeric NOT NULL,
  winnings_settled   numeric NOT NULL,
  jackpots_settled   numeric NOT NULL,
  promo_settled      numeric NOT NULL,
  PRIMARY KEY (agent_id, generation, player_id, quarter, provider_id, game_id, currency, rated)
) WITH (fillfactor = 80);

-- place: player_quarter
CREATE INDEX player_quarter_in_time ON player_quarter (agent_id, generation, quarter);

-- The same without the players, for reports over all of them.
CREATE TABLE game_quarter (
  agent_id           integer NOT NULL,
  generation         integer NOT NULL,
  quarter            timestamptz NOT NULL,
  provider_id        integer NOT NULL,
  game_id            integer NOT NULL,
  currency           text COLLATE "C" NOT NULL,
  rated              boolean NOT NULL,
  rounds             bigint NOT NULL,
  bets               bigint NOT NULL,
  turnover           numeric NOT NULL,
  turnover_in_bonus  numeric NOT NULL,
  wins               bigint NOT NULL,
  winnings           numeric NOT NULL,
  winnings_in_bonus  numeric NOT NULL,
  jackpots           bigint NOT NULL,
  jackpot_winnings   numeric NOT NULL,
  refunds            bigint NOT NULL,
  refunded           numeric NOT NULL,
  cancels            bigint NOT NULL,
  promo_bets         bigint NOT NULL,
  promo_winnings     numeric NOT NULL,
  turnover_settled   numeric NOT NULL,
  winnings_settled   numeric NOT NULL,
  jackpots_settled   numeric NOT NULL,
  promo_settled      numeric NOT NULL,
  PRIMARY KEY (agent_id, generation, quarter, provider_id, game_id, currency, rated)
) WITH (fillfactor = 60);

-- place: game_quarter
-- Gross gaming revenue from the journal's first event on. unrated: minor units of what was played while there was no settle rate.
CREATE TABLE revenue (
  agent_id   integer NOT NULL,
  generation integer NOT NULL,
  currency   text COLLATE "C" NOT NULL,
  settled    numeric NOT NULL,
  unrated    numeric NOT NULL,
  PRIMARY KEY (agent_id, generation, currency)
) WITH (fillfactor = 50);

-- place: revenue
-- When an agent was settled with, and its gross gaming revenue until then, in its base currency.
CREATE TABLE settlement (
  agent_id integer NOT NULL,
  at       timestamptz NOT NULL,
  ggr      numeric NOT NULL,
  PRIMARY KEY (agent_id, at)
);

-- place: settlement
GRANT SELECT ON report_generation, player_quarter, game_quarter, revenue, settlement TO pitboss_app, pitboss_worker;

GRANT INSERT, UPDATE ON player_quarter, game_quarter, revenue TO pitboss_worker;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['report_generation', 'player_quarter', 'game_quarter', 'revenue', 'settlement']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
