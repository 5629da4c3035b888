"""Wallets whose last bonus is over: their batches need not look for bonuses any more."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0013_bonuses_ended"
down_revision = "0012_partner_requests"


def upgrade() -> None:
    """Run 0013_bonuses_ended.sql."""
    run_sql_file(__file__)
