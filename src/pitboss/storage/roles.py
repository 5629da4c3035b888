"""The hub's narrow roles: they belong to the server, so neither a database's migrations nor its backup hold all of them."""

from typing import Final

# An owner that is no superuser may create a role and still not become it, until it grants it to itself (PostgreSQL 16+).
# Where another owner made the roles, an administrator has to grant them: connecting then says so.
ENSURE_ROLES: Final = """
DO $$
DECLARE
  narrow text;
BEGIN
  FOREACH narrow IN ARRAY ARRAY['pitboss_app', 'pitboss_worker'] LOOP
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = narrow) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', narrow);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', narrow);
      EXCEPTION WHEN insufficient_privilege THEN NULL;
      END;
    END IF;
  END LOOP;
END $$"""
