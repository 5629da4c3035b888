-- Feeds: an agent's events delivered to a consumer outside (docs/feed.md). The rules of 0001 hold here as well.

-- last_seq: the consumer has all events up to this number. upto: the end of the batch that is being tried again.
-- taken_by, taken_until: the worker that is at it, and until when nobody else may be; a worker that lost it moves nothing any more.
-- due: when somebody should try next. dead: events set aside so far.
CREATE TABLE feed (
  agent_id      integer NOT NULL,
  name          text COLLATE "C" NOT NULL CHECK (name ~ '^[a-z0-9_-]{1,40}$'),
  url           text NOT NULL,
  sealed_key    bytea NOT NULL,
  paused        text,
  last_seq      bigint NOT NULL CHECK (last_seq >= 0),
  upto          bigint CHECK (upto > last_seq),
  taken_by      uuid,
  taken_until   timestamptz,
  due           timestamptz NOT NULL,
  tries         integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
  last_error    text,
  delivered     bigint NOT NULL DEFAULT 0,
  delivered_at  timestamptz,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (agent_id, name)
) WITH (fillfactor = 50);

-- place: feed
-- Events the consumer will not take. again: they are to be tried once more.
CREATE TABLE feed_dead_letter (
  agent_id integer NOT NULL,
  feed     text COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  at       timestamptz NOT NULL,
  problem  text NOT NULL,
  again    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (agent_id, feed, seq)
);

-- place: feed_dead_letter
ALTER TABLE feed_dead_letter ADD FOREIGN KEY (agent_id, feed) REFERENCES feed ON DELETE CASCADE;

-- What /metrics tells of all agents' feeds, and nothing else: figures, no addresses.
CREATE FUNCTION feed_figures()
RETURNS TABLE (agent_id integer, name text, paused boolean, behind bigint, oldest timestamptz, dead bigint, delivered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT
    f.agent_id, f.name, f.paused IS NOT NULL, GREATEST(COALESCE(h.last_seq, 0) - f.last_seq, 0), (
      SELECT e.received_at FROM public.event e WHERE e.agent_id = f.agent_id AND e.seq > f.last_seq ORDER BY e.seq LIMIT 1
    ),
    (SELECT count(*) FROM public.feed_dead_letter d WHERE d.agent_id = f.agent_id AND d.feed = f.name), f.delivered
  FROM public.feed f
  LEFT JOIN public.event_head h ON h.agent_id = f.agent_id
$$;

REVOKE ALL ON FUNCTION feed_figures() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION feed_figures() TO pitboss_app, pitboss_worker;

GRANT SELECT ON feed, feed_dead_letter TO pitboss_worker;

GRANT UPDATE (paused, last_seq, upto, taken_by, taken_until, due, tries, last_error, delivered, delivered_at) ON feed TO pitboss_worker;

GRANT INSERT, DELETE, UPDATE (again, at, problem) ON feed_dead_letter TO pitboss_worker;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['feed', 'feed_dead_letter']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
