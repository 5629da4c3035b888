-- Calls to seamless operators that are not settled yet. The rules of 0001 hold here as well.

-- subject: the studio's transaction id, or its round id for kind finish. place: the turn among the unsettled calls of a round.
-- data: what is said, as JSON with exact digits. due: when somebody should try next; taken_until: until then somebody is at it.
-- Short: a row is gone once its outcome is stored; what is parked waits for a person.
CREATE TABLE operator_call (
  agent_id    integer NOT NULL,
  provider_id integer NOT NULL,
  wallet_id   bigint NOT NULL,
  kind        text COLLATE "C" NOT NULL CHECK (kind IN ('bet', 'win', 'refund', 'cancel', 'finish')),
  subject     text COLLATE "C" NOT NULL,
  round_id    text COLLATE "C" NOT NULL,
  place       bigint NOT NULL CHECK (place > 0),
  reference   uuid NOT NULL,
  amount      bigint NOT NULL CHECK (amount >= 0),
  data        text NOT NULL,
  asked_at    timestamptz NOT NULL,
  phase       text COLLATE "C" NOT NULL CHECK (phase IN ('ask', 'status', 'void', 'void_again', 'parked')),
  due         timestamptz NOT NULL,
  taken_until timestamptz,
  tries       integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  last_error  text,
  PRIMARY KEY (agent_id, wallet_id, provider_id, kind, subject)
) WITH (fillfactor = 50);

-- place: operator_call
CREATE INDEX operator_call_due ON operator_call (agent_id, due) WHERE phase <> 'parked';

-- Whoever has taken a call may be at it for 18 s; the call itself must be over by then.
ALTER TABLE agent ADD CONSTRAINT agent_wallet_timeout_below_lease CHECK (wallet_timeout_ms <= 15000);

-- A pending transaction becomes what the operator said; one that was never sent is forgotten, and no other.
GRANT UPDATE (state, refusal, wallet_version, real_amount, bonus_amount, balance_before, balance_after, told, review, answer, at)
  ON transaction TO pitboss_app;

GRANT DELETE ON transaction TO pitboss_app;

CREATE POLICY forget_pending_alone ON transaction AS RESTRICTIVE FOR DELETE TO pitboss_app USING (state = 'pending');

GRANT SELECT, INSERT, UPDATE, DELETE ON operator_call TO pitboss_app;

GRANT SELECT, UPDATE (due, taken_until) ON operator_call TO pitboss_worker;

ALTER TABLE operator_call ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON operator_call TO pitboss_app
  USING (agent_id = current_setting('app.agent_id')::integer)
  WITH CHECK (agent_id = current_setting('app.agent_id')::integer);

CREATE POLICY across ON operator_call TO pitboss_worker USING (true) WITH CHECK (true);
