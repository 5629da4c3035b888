"""`pitboss verify`: audit the ledger."""

import json
from typing import Annotated

import typer

from pitboss.cli.connect import DatabaseUrl, run_or_exit
from pitboss.settings import Settings
from pitboss.storage.database import Database
from pitboss.storage.verify import CHECKS, Finding
from pitboss.storage.verify import verify as verify_database


def verify(
    database_url: DatabaseUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Prove that balances are what their entries say, in one snapshot, while the hub goes on.

    Exit code 0 when all holds, 1 when anything does not.

    Example: pitboss verify --database-url postgresql://…
    """
    findings = run_or_exit(_verify, database_url)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings]))
    else:
        for check, agent_id, subject, detail in findings:
            print(f"{check}: agent {agent_id}: {subject}: {detail}")
        print(f"{len(CHECKS) + 1} checks, {len(findings)} findings")
    raise typer.Exit(1 if findings else 0)


async def _verify(settings: Settings) -> list[Finding]:
    database = await Database.open(settings.database_url, role=None, size=1)
    try:
        return await verify_database(database)
    finally:
        await database.close()
