"""Reading behind: cursors in the journal, pushes to studios, figures of games, rounds by their history id."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0002_reading_behind"
down_revision = "0001_heart"


def upgrade() -> None:
    """Run 0002_reading_behind.sql."""
    run_sql_file(__file__)
