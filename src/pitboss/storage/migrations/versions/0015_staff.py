"""People at the back office, and who of them is signed in."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0015_staff"
down_revision = "0014_event_keys"


def upgrade() -> None:
    """Run 0015_staff.sql."""
    run_sql_file(__file__)
