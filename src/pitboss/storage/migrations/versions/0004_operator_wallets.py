"""How a seamless agent's wallet is called, and the log of exchanges that failed."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0004_operator_wallets"
down_revision = "0003_partner_api"


def upgrade() -> None:
    """Run 0004_operator_wallets.sql."""
    run_sql_file(__file__)
