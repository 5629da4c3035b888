"""Bonuses: templates, campaigns, grants and their moves; players' own bet limits; what a game counts towards wagering."""

from pitboss.storage.migrations.sql_file import run_sql_file

revision = "0008_bonuses"
down_revision = "0007_events"


def upgrade() -> None:
    """Run 0008_bonuses.sql."""
    run_sql_file(__file__)
