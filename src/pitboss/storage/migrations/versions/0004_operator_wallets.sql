-- How a seamless agent's wallet is called, and the log of exchanges that failed. The rules of 0001 hold here as well.

-- Milliseconds for a connection and for everything together; calls at once from one process; whether an echo that is missing or
-- differs is told in the log; for how many days what must arrive is tried.
ALTER TABLE agent
  ADD COLUMN wallet_connect_timeout_ms integer NOT NULL DEFAULT 2000 CHECK (wallet_connect_timeout_ms > 0),
  ADD COLUMN wallet_timeout_ms integer NOT NULL DEFAULT 10000 CHECK (wallet_timeout_ms >= wallet_connect_timeout_ms),
  ADD COLUMN wallet_concurrency integer NOT NULL DEFAULT 64 CHECK (wallet_concurrency > 0),
  ADD COLUMN wallet_echo boolean NOT NULL DEFAULT true,
  ADD COLUMN wallet_retry_days integer NOT NULL DEFAULT 7 CHECK (wallet_retry_days > 0);

-- Exchanges that failed, in both directions, for a week. id carries the time, so that a stretch of time is a range of the key.
-- agent_id 0: nobody knows whose it was. request and answer are masked and cut before they come here.
CREATE TABLE api_error (
  agent_id    integer NOT NULL,
  id          uuid NOT NULL,
  at          timestamptz NOT NULL,
  direction   text COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
  dialect     text COLLATE "C" NOT NULL,
  command     text COLLATE "C" NOT NULL,
  reference   text COLLATE "C" NOT NULL,
  url         text NOT NULL,
  http_status integer,
  error       text NOT NULL,
  duration_ms integer NOT NULL,
  request     text,
  answer      text,
  PRIMARY KEY (agent_id, id)
);

-- place: api_error
GRANT SELECT, INSERT ON api_error TO pitboss_app, pitboss_worker;

GRANT DELETE ON api_error TO pitboss_worker;

ALTER TABLE api_error ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON api_error TO pitboss_app
  USING (agent_id = current_setting('app.agent_id')::integer)
  WITH CHECK (agent_id = current_setting('app.agent_id')::integer);

CREATE POLICY across ON api_error TO pitboss_worker USING (true) WITH CHECK (true);
