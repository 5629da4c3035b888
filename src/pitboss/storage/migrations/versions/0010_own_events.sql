-- The hub's own activity as events of its agents (docs/feed.md). The rules of 0001 hold here as well.

-- When what a game's event says was last changed, and in which configuration: a reader goes by the versions, which are in commit order.
ALTER TABLE game ADD COLUMN changed_version bigint NOT NULL DEFAULT 0;

ALTER TABLE game ADD COLUMN changed_at timestamptz;

CREATE INDEX game_changed ON game (provider_id, changed_version, id);

-- Up to which version an agent was told a studio's games, and up to which game of that version.
CREATE TABLE own_event_game (
  agent_id    integer NOT NULL,
  provider_id integer NOT NULL,
  version     bigint NOT NULL,
  game_id     integer NOT NULL,
  PRIMARY KEY (agent_id, provider_id)
);

-- place: own_event_game
-- Players, then launches, from before the hub left word of them: told once, in the order of their keys.
CREATE TABLE own_event_before (
  agent_id  integer PRIMARY KEY,
  what      text COLLATE "C" NOT NULL CHECK (what IN ('players', 'launches', 'done')),
  told_upto text COLLATE "C" NOT NULL
);

-- place: own_event_before
-- Agents that are made from now on have nothing before.
INSERT INTO own_event_before (agent_id, what, told_upto) SELECT id, 'players', '' FROM agent;

GRANT SELECT ON own_event_game, own_event_before TO pitboss_app, pitboss_worker;

GRANT INSERT, UPDATE ON own_event_game TO pitboss_worker;

GRANT UPDATE ON own_event_before TO pitboss_worker;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['own_event_game', 'own_event_before']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I TO pitboss_app
      USING (agent_id = current_setting(''app.agent_id'')::integer)
      WITH CHECK (agent_id = current_setting(''app.agent_id'')::integer)', tenant_table);
    EXECUTE format('CREATE POLICY across ON %I TO pitboss_worker USING (true) WITH CHECK (true)', tenant_table);
  END LOOP;
END $$;
