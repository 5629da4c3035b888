"""Reports: quarter-hour roll-ups by player and by game, what an agent's play came to, its settlements."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0005_reports"
down_revision = "0004_operator_wallets"


def upgrade() -> None:
    """Run 0005_reports.sql."""
    run_sql_file(__file__)
