"""The heart: agents, games, players, wallets, rounds, transactions, entries, outbox and journal."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0001_heart"
down_revision = None


def upgrade() -> None:
    """Run 0001_heart.sql."""
    run_sql_file(__file__)
