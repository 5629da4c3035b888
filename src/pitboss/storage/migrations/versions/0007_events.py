"""The event store: events by month of receipt, their keys, profiles and figures."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0007_events"
down_revision = "0006_player_limits"


def upgrade() -> None:
    """Run 0007_events.sql."""
    run_sql_file(__file__)
