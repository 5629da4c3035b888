"""Players' own limits, and how much of them is used."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0006_player_limits"
down_revision = "0005_reports"


def upgrade() -> None:
    """Run 0006_player_limits.sql."""
    run_sql_file(__file__)
