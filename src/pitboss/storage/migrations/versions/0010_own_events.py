"""The hub's own activity as events: which games were told, and players from before."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0010_own_events"
down_revision = "0009_operator_calls"


def upgrade() -> None:
    """Run 0010_own_events.sql."""
    run_sql_file(__file__)
