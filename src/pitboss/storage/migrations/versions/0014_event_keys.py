"""Keys of events, taken at once as a rule."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0014_event_keys"
down_revision = "0013_bonuses_ended"


def upgrade() -> None:
    """Run 0014_event_keys.sql."""
    run_sql_file(__file__)
