"""Proves that the ledger is what its parts say, in one snapshot of a running system.

Each check is a query under `sql/verify/` that returns what is wrong: agent, subject, and what does not fit.
"""

from typing import NamedTuple

from pitboss.storage import audit, statements
from pitboss.storage.database import Database

CHECKS = (
    "balance_equals_entries",
    "versions_without_gap",
    "agent_versions_without_gap",
    "balances_chain",
    "transactions_have_entries",
    "entries_have_transactions",
    "rounds_add_up",
    "cancels_match",
    "calls_match",
    "bonus_balance_equals_entries",
    "bonus_grants_add_up",
    "bonus_moves_match",
    "bonuses_are_marked",
    "journal_without_gap",
    "events_tell_all",
    "own_events_tell_all",
)
MAX_FINDINGS = 100
"""Of each check; the first say what is wrong, a million of them say no more."""


class Finding(NamedTuple):
    """One thing that does not hold. `agent_id` is None for what belongs to the hub."""

    check: str
    agent_id: int | None
    subject: str
    detail: str


async def verify(database: Database) -> list[Finding]:
    """Everything that is wrong, at most MAX_FINDINGS a check; empty when all holds. `database` must be open as the owner."""
    findings: list[Finding] = []
    async with (
        database.anyone() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute("SET LOCAL statement_timeout = 0")
        for check in CHECKS:
            cursor = await connection.cursor(statements.sql(f"verify/{check}"))
            findings += [Finding(check, *row) for row in await cursor.fetch(MAX_FINDINGS, timeout=None)]
        broken = await audit.verify_chain(connection)
        if broken is not None:
            findings.append(
                Finding("audit_chain", None, f"audit {broken}", "does not follow from the record before it")
            )
    return findings
