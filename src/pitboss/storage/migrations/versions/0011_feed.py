"""Feeds: agents' events delivered to consumers outside."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0011_feed"
down_revision = "0010_own_events"


def upgrade() -> None:
    """Run 0011_feed.sql."""
    run_sql_file(__file__)
