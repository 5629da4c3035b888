"""Answers of the partner API are dropped when nobody repeats their requests any more."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0012_partner_requests"
down_revision = "0011_feed"


def upgrade() -> None:
    """Run 0012_partner_requests.sql."""
    run_sql_file(__file__)
