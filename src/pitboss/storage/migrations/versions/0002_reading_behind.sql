-- Reading behind: what follows from the journal (pushes to studios, figures of games) and what a round is found by.
-- The rules of 0001 hold here as well.

-- How far each reader of an agent's journal has come. What it made of the events is stored in the transaction that moves it.
CREATE TABLE journal_cursor (
  agent_id integer NOT NULL,
  reader   text COLLATE "C" NOT NULL,
  last_seq bigint NOT NULL CHECK (last_seq >= 0),
  PRIMARY KEY (agent_id, reader)
);

-- place: journal_cursor
-- What was deposited long ago is news to nobody's open game.
INSERT INTO journal_cursor (agent_id, reader, last_seq) SELECT agent_id, 'balance_pushes', last_seq FROM journal_head;

-- What a studio's open games have yet to be told. subject: the session's token (endsession) or the userInGame (balancechanged).
-- due: when somebody should try next; a worker that tries moves it, so that another takes over should it die.
-- again: rises when there is newer news of the same, which a delivery under way may not have told.
CREATE TABLE push (
  agent_id    integer NOT NULL,
  kind        text COLLATE "C" NOT NULL CHECK (kind IN ('endsession', 'balancechanged')),
  provider_id integer NOT NULL,
  subject     text COLLATE "C" NOT NULL,
  reason      text NOT NULL DEFAULT '',
  since       timestamptz NOT NULL,
  due         timestamptz NOT NULL,
  again       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (agent_id, kind, provider_id, subject)
);

-- place: push
-- What was played in a game, of rounds that are over; minor units of the player's currency. Promotional stakes and what they won
-- stand apart. numeric, since squares and the sums of years are larger than 64 bits.
CREATE TABLE game_figure (
  agent_id       integer NOT NULL,
  game_id        integer NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  rounds         bigint NOT NULL,
  staked         numeric NOT NULL,
  won            numeric NOT NULL,
  staked_squares numeric NOT NULL,
  won_squares    numeric NOT NULL,
  staked_by_won  numeric NOT NULL,
  promo_stakes   bigint NOT NULL,
  promo_won      numeric NOT NULL,
  PRIMARY KEY (agent_id, game_id, currency)
) WITH (fillfactor = 50);

-- place: game_figure
-- The round a player is in, as far as the journal was read; it joins the figures when it is over.
CREATE TABLE game_figure_open_round (
  agent_id     integer NOT NULL,
  user_in_game text COLLATE "C" NOT NULL,
  game_id      integer NOT NULL,
  currency     text COLLATE "C" NOT NULL,
  round_id     text COLLATE "C" NOT NULL,
  staked       bigint NOT NULL,
  won          bigint NOT NULL,
  at           timestamptz NOT NULL,
  PRIMARY KEY (agent_id, user_in_game, game_id)
) WITH (fillfactor = 50);

-- place: game_figure_open_round
-- Found by handHistory. Only those a studio gave a history_id are in it: an index costs each of its rows.
CREATE INDEX transaction_of_history ON transaction (agent_id, history_id) WHERE history_id IS NOT NULL;

GRANT SELECT ON journal_cursor, push, game_figure, game_figure_open_round TO pitboss_app, pitboss_worker;

GRANT INSERT, UPDATE ON push TO pitboss_app;

GRANT INSERT, UPDATE, DELETE ON push, game_figure, game_figure_open_round TO pitboss_worker;

GRANT INSERT, UPDATE ON journal_cursor TO pitboss_worker;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['journal_cursor', 'push', 'game_figure', 'game_figure_open_round']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
