-- Bonuses (docs/bonuses.md): what may be given, what was given to whom, and each change of it.
-- The rules of 0001 hold here as well.

-- Percent of a stake that counts towards a bonus's wagering.
ALTER TABLE game ADD COLUMN wagering_contribution smallint NOT NULL DEFAULT 100 CHECK (wagering_contribution BETWEEN 0 AND 100);

-- The bet limit sets chosen for a player, in place of the defaults: {"house": {"slot": ["low"]}}; null: none.
ALTER TABLE player ADD COLUMN bet_limits jsonb;

-- Whether a wallet was ever granted a bonus: only then does a batch load any.
ALTER TABLE wallet ADD COLUMN has_bonuses boolean NOT NULL DEFAULT false;

ALTER TABLE transaction DROP CONSTRAINT transaction_kind;

-- convert: bonus money becomes real (or real money becomes bonus money again, when the wagering is given back);
-- forfeit: bonus money is taken away.
ALTER TABLE transaction ADD CONSTRAINT transaction_kind CHECK (
  kind IN ('bet', 'win', 'refund', 'cancel', 'deposit', 'withdraw', 'convert', 'forfeit', 'unknown'));

-- What an agent may give. currency_values: {"EUR": ["0.2", "1"]}, for currencies in which not all that the studio has may be given;
-- games: codes, empty for all; max_conversion: {"EUR": "100"}.
CREATE TABLE bonus_template (
  agent_id            integer NOT NULL,
  code                text COLLATE "C" NOT NULL,
  name                text NOT NULL,
  type                text NOT NULL CHECK (type IN ('free_spins', 'golden_chips', 'free_chips')),
  currency_values     jsonb NOT NULL DEFAULT '{}',
  games               text[] NOT NULL DEFAULT '{}',
  multiplier          numeric NOT NULL DEFAULT 0 CHECK (multiplier >= 0),
  multiplier_settable boolean NOT NULL DEFAULT false,
  max_conversion      jsonb NOT NULL DEFAULT '{}',
  days_valid          integer NOT NULL CHECK (days_valid >= days_to_use),
  days_to_use         integer NOT NULL CHECK (days_to_use > 0),
  active              boolean NOT NULL DEFAULT true,
  created_at          timestamptz NOT NULL,
  PRIMARY KEY (agent_id, code)
);

-- place: bonus_template
-- One gift, to one player or several, and where its studio stands with it. code: campaign_code of the wallet protocol.
-- reference: the caller's own code, with the interface it came by, so that it is given once.
-- studio_state: asking and canceling are calls to be made, due when somebody should try next; refused: the studio will not.
CREATE TABLE bonus_campaign (
  agent_id       integer NOT NULL,
  id             uuid NOT NULL,
  code           text COLLATE "C" NOT NULL,
  reference      text COLLATE "C" NOT NULL,
  said           text NOT NULL,
  template       text COLLATE "C" NOT NULL,
  name           text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('free_spins', 'golden_chips', 'free_chips')),
  provider_id    integer NOT NULL,
  games          integer[] NOT NULL,
  wager_games    integer[] NOT NULL,
  currency       text COLLATE "C" NOT NULL,
  value          bigint NOT NULL CHECK (value > 0),
  stakes         integer NOT NULL CHECK (stakes > 0),
  multiplier     numeric NOT NULL CHECK (multiplier >= 0),
  max_conversion bigint CHECK (max_conversion > 0),
  valid_from     timestamptz NOT NULL,
  use_by         timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL CHECK (expires_at >= use_by),
  created_at     timestamptz NOT NULL,
  canceled_at    timestamptz,
  studio_state   text NOT NULL CHECK (studio_state IN ('asking', 'granted', 'refused', 'canceling', 'canceled')),
  studio_id      text,
  studio_error   text,
  due            timestamptz,
  tries          integer NOT NULL DEFAULT 0,
  PRIMARY KEY (agent_id, id),
  UNIQUE (agent_id, code),
  UNIQUE (agent_id, reference),
  CONSTRAINT bonus_campaign_due CHECK ((due IS NOT NULL) = (studio_state IN ('asking', 'canceling')))
) WITH (fillfactor = 80);

-- place: bonus_campaign
CREATE INDEX bonus_campaign_due ON bonus_campaign (agent_id, due) WHERE due IS NOT NULL;

-- One player's part. Read and written under the lock of its wallet's row. The sums are those of its moves.
CREATE TABLE bonus_grant (
  agent_id    integer NOT NULL,
  id          uuid NOT NULL,
  campaign_id uuid NOT NULL,
  code        text COLLATE "C" NOT NULL,
  wallet_id   bigint NOT NULL,
  player_id   text COLLATE "C" NOT NULL,
  state       text NOT NULL DEFAULT 'active'
    CHECK (state IN ('active', 'completed', 'converted', 'expired', 'removed', 'forfeited')),
  used        integer NOT NULL DEFAULT 0 CHECK (used >= 0),
  balance     bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
  required    bigint NOT NULL DEFAULT 0 CHECK (required >= 0),
  counted     bigint NOT NULL DEFAULT 0 CHECK (counted >= 0),
  converted   bigint NOT NULL DEFAULT 0 CHECK (converted >= 0),
  created_at  timestamptz NOT NULL,
  use_by      timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  closed_at   timestamptz,
  PRIMARY KEY (agent_id, id),
  UNIQUE (agent_id, wallet_id, code),
  CONSTRAINT bonus_grant_closed CHECK ((state = 'active') = (closed_at IS NULL)),
  CONSTRAINT bonus_grant_over_holds_nothing CHECK (state = 'active' OR balance = 0)
) WITH (fillfactor = 70);

-- place: bonus_grant
ALTER TABLE bonus_grant ADD FOREIGN KEY (agent_id, campaign_id) REFERENCES bonus_campaign;

ALTER TABLE bonus_grant ADD FOREIGN KEY (agent_id, wallet_id) REFERENCES wallet;

CREATE INDEX bonus_grant_of_player ON bonus_grant (agent_id, player_id, created_at);

CREATE INDEX bonus_grant_of_campaign ON bonus_grant (agent_id, campaign_id);

CREATE INDEX bonus_grant_open ON bonus_grant (agent_id, expires_at) WHERE state = 'active';

-- With its free stakes' time over, nothing but bonus money that is not wagered yet keeps a grant open.
CREATE INDEX bonus_grant_unused ON bonus_grant (agent_id, use_by)
  WHERE state = 'active' AND (balance = 0 OR counted >= required);

-- What a transaction (by its wallet's version) did to a grant; never changed, never deleted. Signed.
CREATE TABLE bonus_move (
  agent_id       integer NOT NULL,
  wallet_id      bigint NOT NULL,
  wallet_version bigint NOT NULL,
  grant_id       uuid NOT NULL,
  provider_id    integer NOT NULL,
  round_id       text COLLATE "C",
  uses           integer NOT NULL,
  value          bigint NOT NULL,
  staked         bigint NOT NULL,
  money          bigint NOT NULL,
  required       bigint NOT NULL,
  counted        bigint NOT NULL,
  converted      bigint NOT NULL,
  at             timestamptz NOT NULL,
  PRIMARY KEY (agent_id, wallet_id, wallet_version, grant_id)
);

-- place: bonus_move
CREATE INDEX bonus_move_of_round ON bonus_move (agent_id, wallet_id, provider_id, round_id) WHERE round_id IS NOT NULL;

-- The account that pays for bonuses, for the agents there are. Numbers as a process of its own would give them out.
UPDATE hub SET last_process = last_process + 1 WHERE EXISTS (SELECT 1 FROM agent_currency);

INSERT INTO account (agent_id, id, kind, currency)
SELECT c.agent_id, (h.last_process << 41) + row_number() OVER (ORDER BY c.agent_id, c.currency), 'bonus_cost', c.currency
FROM agent_currency c CROSS JOIN hub h;

INSERT INTO bonus_template (agent_id, code, name, type, multiplier, multiplier_settable, days_valid, days_to_use, created_at)
SELECT a.id, t.code, t.name, t.type, t.multiplier, t.settable, 30, 7, a.created_at
FROM agent a CROSS JOIN (VALUES
  ('FS', 'Free spins', 'free_spins', 0, false),
  ('FS10', 'Free spins, wagered 10 times', 'free_spins', 10, true),
  ('GC', 'Golden chips', 'golden_chips', 0, false),
  ('FC', 'Free chips', 'free_chips', 0, false)
) AS t (code, name, type, multiplier, settable);

GRANT SELECT ON bonus_template, bonus_campaign, bonus_grant, bonus_move TO pitboss_app, pitboss_worker;

GRANT INSERT ON bonus_campaign, bonus_grant, bonus_move TO pitboss_app;

GRANT UPDATE (canceled_at, studio_state, studio_id, studio_error, due, tries) ON bonus_campaign TO pitboss_app, pitboss_worker;

GRANT UPDATE (state, used, balance, required, counted, converted, closed_at) ON bonus_grant TO pitboss_app;

GRANT UPDATE (has_bonuses) ON wallet TO pitboss_app;

GRANT UPDATE (bet_limits) ON player TO pitboss_app;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['bonus_template', 'bonus_campaign', 'bonus_grant', 'bonus_move']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
