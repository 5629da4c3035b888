"""Keys of events, taken at once as a rule."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0012_event_keys"
down_revision = "0011_feed"


def upgrade() -> None:
    """Run 0012_event_keys.sql."""
    run_sql_file(__file__)
