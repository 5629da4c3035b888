"""Calls to seamless operators that are not settled yet."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0009_operator_calls"
down_revision = "0008_bonuses"


def upgrade() -> None:
    """Run 0009_operator_calls.sql."""
    run_sql_file(__file__)
