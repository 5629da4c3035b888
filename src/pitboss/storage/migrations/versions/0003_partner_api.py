"""The partner API: what was answered to which requestId, and tags of players."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0003_partner_api"
down_revision = "0002_reading_behind"


def upgrade() -> None:
    """Run 0003_partner_api.sql."""
    run_sql_file(__file__)
