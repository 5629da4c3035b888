"""Players' own limits, and how much of them is used."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0004_player_limits"
down_revision = "0003_partner_api"


def upgrade() -> None:
    """Run 0004_player_limits.sql."""
    run_sql_file(__file__)
