"""The bank's checks and `verify` catch the bugs they are there for."""

from collections.abc import Sequence

import asyncpg
import pytest
from bank import Bank
from engines import OPENING, Desk, open_desk
from ledger_checks import audit, balances, differences, journal_problems, move_events, snapshot_problems
from planted import ForgetfulStore, HastyEngine, HastyStore, UnlockedStore

from pitboss.bench.world import World

TRANSFERS, CLIENTS = 3_000, 32


async def _run(database_url: str, world: World, desks: Sequence[Desk], *kinds: str) -> Bank:
    bank = Bank(world, desks, OPENING, *([kinds] if kinds else []))
    await bank.run(TRANSFERS, CLIENTS, database_url)
    await move_events(database_url)
    return bank


async def _checks_found(database_url: str) -> set[str]:
    return {finding.check for finding in await audit(database_url)}


async def _execute(database_url: str, statement: str) -> None:
    conn = await asyncpg.connect(database_url)
    try:
        status = await conn.execute(statement)
        assert not status.endswith(" 0"), "the planted bug did not change anything"
    finally:
        await conn.close()


async def test_honest_bank_with_failing_commits_has_no_finding(database_url: str, world: World) -> None:
    """The doubles themselves are harmless: what the tests below find is the planted bug."""
    async with open_desk(database_url, world, store=HastyStore) as desk:
        bank = await _run(database_url, world, [desk])
    assert bank.problems == [] and bank.odd == []
    assert differences(bank.expected, await balances(database_url, world)) == []
    assert await audit(database_url) == []
    assert await journal_problems(database_url) == []


async def test_planted_dropped_lock_is_caught(database_url: str, world: World) -> None:
    async with (
        open_desk(database_url, world, store=UnlockedStore) as one,
        open_desk(database_url, world, store=UnlockedStore) as other,
    ):
        # Deposits and withdrawals meet on the agents' wallets.
        bank = await _run(database_url, world, [one, other], "deposit", "withdraw")
    assert bank.problems
    assert "balance_equals_entries" in await _checks_found(database_url)


async def test_planted_answer_before_the_commit_is_caught(database_url: str, world: World) -> None:
    async with open_desk(database_url, world, store=HastyStore, engine_class=HastyEngine) as desk:
        bank = await _run(database_url, world, [desk])
    assert differences(bank.expected, await balances(database_url, world))


async def test_planted_missing_entry_is_caught(database_url: str, world: World) -> None:
    async with open_desk(database_url, world, store=ForgetfulStore) as desk:
        bank = await _run(database_url, world, [desk])
    assert bank.problems
    assert {"balance_equals_entries", "transactions_have_entries"} <= await _checks_found(database_url)


# What is done to the ledger behind its back, and the checks of `verify` that must each tell of it.
A_PLAY = "(SELECT min(seq) FROM journal WHERE event ->> 'wallet_version' IS NOT NULL)"
TAMPERING = [
    (
        "UPDATE wallet SET balance = balance + 1 WHERE player_id IS NOT NULL",
        {"balance_equals_entries"},
    ),
    ("UPDATE entry SET amount = amount + 1", {"balance_equals_entries", "transactions_have_entries"}),
    ("DELETE FROM entry", {"balance_equals_entries", "transactions_have_entries"}),
    (
        "DELETE FROM transaction WHERE kind = 'bet' AND state = 'ok'",
        {"versions_without_gap", "entries_have_transactions", "rounds_add_up", "events_tell_all"},
    ),
    ("UPDATE transaction SET state = 'canceled' WHERE kind = 'win'", {"cancels_match"}),
    ("UPDATE round SET won = won + 1", {"rounds_add_up"}),
    (f"DELETE FROM journal WHERE seq = {A_PLAY}", {"journal_without_gap", "events_tell_all"}),
    ("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)", {"journal_without_gap", "events_tell_all"}),
    (
        "INSERT INTO journal SELECT agent_id, seq + 1000000, at, event FROM journal WHERE seq = " + A_PLAY,
        {"journal_without_gap", "events_tell_all"},
    ),
    (
        "UPDATE transaction SET balance_before = balance_before + 1, balance_after = balance_after + 1 WHERE wallet_version = 5",
        {"balances_chain"},
    ),
    ("UPDATE wallet SET version = version + 1 WHERE player_id IS NULL", {"agent_versions_without_gap"}),
    ("UPDATE audit SET detail = '{}'", {"audit_chain"}),
]


@pytest.mark.parametrize(
    ("statement", "checks"),
    TAMPERING,
    ids=[f"{place} {statement[:45]}" for place, (statement, _) in enumerate(TAMPERING)],
)
async def test_planted_tampering_is_named(database_url: str, world: World, statement: str, checks: set[str]) -> None:
    async with open_desk(database_url, world) as desk:
        bank = Bank(world, [desk], OPENING)
        await bank.run(400, CLIENTS, database_url)
    await move_events(database_url)
    assert await audit(database_url) == []
    await _execute(database_url, statement)
    assert checks <= await _checks_found(database_url)


async def test_planted_tampering_with_a_wallet_shows_in_a_snapshot(database_url: str, world: World) -> None:
    conn = await asyncpg.connect(database_url)
    try:
        assert await snapshot_problems(conn) == []
        await conn.execute("UPDATE wallet SET balance = -1, may_go_negative = true WHERE player_id IS NOT NULL")
        problems = await snapshot_problems(conn)
    finally:
        await conn.close()
    assert any("total" in problem for problem in problems) and any("negative" in problem for problem in problems)


async def test_planted_journal_gap_is_caught(database_url: str, world: World) -> None:
    await move_events(database_url)
    assert await journal_problems(database_url) == []
    await _execute(database_url, "DELETE FROM journal WHERE seq = 3")
    assert await journal_problems(database_url)
