"""What Alembic runs: all missing revisions in one transaction, one program at a time."""

from alembic import context
from sqlalchemy import Connection, text

from pitboss.storage.migrations.sql_file import Place, has_citus, place
from pitboss.storage.roles import ENSURE_ROLES

# Any number of our own; it orders programs that upgrade one database at the same time.
_UPGRADE_LOCK = 7_486_129_055


def _run(connection: Connection) -> None:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        # Before the present revision is read, so that the second of two programs sees what the first has done.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        context.run_migrations()
        connection.exec_driver_sql(ENSURE_ROLES)
        if has_citus(connection) and not _is_placed(connection, "alembic_version"):
            place(connection, Place(table="alembic_version", reference=True))


def _is_placed(connection: Connection, table: str) -> bool:
    query = text("SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass(:table)")
    return bool(connection.execute(query, {"table": table}).scalar())


_run(context.config.attributes["connection"])
