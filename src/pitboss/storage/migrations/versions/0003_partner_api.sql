-- The partner API: what was answered to which requestId, and tags of players. The rules of 0001 hold here as well.

-- said: a digest of the operation and its members, which a repetition must match. status and body: the HTTP answer, sent again
-- to every repetition. Written in the transaction that did what was asked.
CREATE TABLE partner_request (
  agent_id   integer NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  operation  text COLLATE "C" NOT NULL,
  said       bytea NOT NULL,
  status     smallint NOT NULL,
  body       bytea NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (agent_id, request_id)
);

-- place: partner_request
-- A number or a text; numbers exact, as they were sent.
CREATE TABLE player_tag (
  agent_id  integer NOT NULL,
  player_id text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  number    numeric,
  text      text,
  PRIMARY KEY (agent_id, player_id, name),
  CONSTRAINT player_tag_has_one_value CHECK ((number IS NULL) <> (text IS NULL))
);

-- place: player_tag
ALTER TABLE player_tag ADD FOREIGN KEY (agent_id, player_id) REFERENCES player;

GRANT SELECT ON partner_request, player_tag TO pitboss_app, pitboss_worker;

GRANT INSERT ON partner_request, player_tag TO pitboss_app;

GRANT UPDATE (status, body) ON partner_request TO pitboss_app;

GRANT UPDATE (number, text), DELETE ON player_tag TO pitboss_app;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['partner_request', 'player_tag']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
