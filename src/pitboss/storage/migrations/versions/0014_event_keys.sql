-- Takes the keys of a batch, sorted by the caller, so that two batches with the same ones cannot wait for each other both ways.
-- Nearly every batch is new as a whole, and a plain insert costs half of what one costs that expects conflicts; where a key was
-- taken, what was inserted is taken back and done again the careful way. A batch that is repeated as a whole fails at its first key.
-- The answer: null when all keys are the caller's now, else those that are.
CREATE FUNCTION event_keys_take(tenant integer, received timestamptz, ids text[], prints bigint[]) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
  taken text[];
BEGIN
  BEGIN
    INSERT INTO event_key (agent_id, unique_id, fingerprint, received_at)
    SELECT h.agent_id, u.unique_id, u.fingerprint, received
    FROM event_head h CROSS JOIN unnest(ids, prints) AS u (unique_id, fingerprint)
    WHERE h.agent_id = tenant;
    RETURN NULL;
  EXCEPTION WHEN unique_violation THEN
    WITH inserted AS (
      INSERT INTO event_key (agent_id, unique_id, fingerprint, received_at)
      SELECT h.agent_id, u.unique_id, u.fingerprint, received
      FROM event_head h CROSS JOIN unnest(ids, prints) AS u (unique_id, fingerprint)
      WHERE h.agent_id = tenant
      ON CONFLICT (agent_id, unique_id) DO NOTHING
      RETURNING unique_id
    )
    SELECT COALESCE(array_agg(unique_id), '{}') INTO taken FROM inserted;
    RETURN taken;
  END;
END $$;

REVOKE ALL ON FUNCTION event_keys_take(integer, timestamptz, text[], bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION event_keys_take(integer, timestamptz, text[], bigint[]) TO pitboss_app, pitboss_worker;
