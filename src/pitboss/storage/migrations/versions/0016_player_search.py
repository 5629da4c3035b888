"""Players found by when they came, and by the name they show."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0016_player_search"
down_revision = "0015_staff"


def upgrade() -> None:
    """Run 0016_player_search.sql."""
    run_sql_file(__file__)
