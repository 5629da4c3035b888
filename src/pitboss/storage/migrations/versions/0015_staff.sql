-- The people at the back office. They belong to the hub, or to one agent and those under it; the running hub has nothing to do with
-- them, so its roles see none of this.
CREATE TABLE staff (
  username         text COLLATE "C" PRIMARY KEY CHECK (username ~ '^[a-z0-9]([a-z0-9._@-]{0,62}[a-z0-9])?$'),
  password_hash    text NOT NULL,
  role             text NOT NULL CHECK (role IN ('viewer', 'support', 'manager', 'auditor', 'admin')),
  agent_id         integer REFERENCES agent (id),
  active           boolean NOT NULL,
  wrong_guesses    integer NOT NULL CHECK (wrong_guesses >= 0),
  locked_until     timestamptz,
  created_at       timestamptz NOT NULL,
  last_sign_in     timestamptz
);

-- place reference: staff
-- token_hash: SHA-256 of what the browser holds, so that who reads this table cannot become anybody.
CREATE TABLE staff_session (
  token_hash  bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  username    text COLLATE "C" NOT NULL REFERENCES staff (username),
  address     text NOT NULL,
  created_at  timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  ended_at    timestamptz
);

-- place reference: staff_session
CREATE INDEX staff_session_open ON staff_session (username) WHERE ended_at IS NULL;

REVOKE ALL ON staff, staff_session FROM pitboss_app, pitboss_worker;
