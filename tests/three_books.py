"""Three books of one game: the studio's diary, the hub's tables, the operator's own list. Compared transaction by transaction."""

from collections import Counter
from decimal import Decimal
from typing import Any

import asyncpg

from careful_studio import Deed, Diary, Told
from operator_process import OperatorProcess
from seamless_casino_world import SeamlessCasino

_HUB = """
SELECT t.provider_tx_id, t.number, t.kind, t.state, t.real_amount, r.number AS round_number, p.operator_user_id
FROM transaction t
JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id
JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id
LEFT JOIN round r ON r.agent_id = t.agent_id AND r.provider_id = t.provider_id AND r.wallet_id = t.wallet_id
  AND r.round_id = t.round_id
WHERE t.agent_id = $1 AND NOT t.is_cancel
"""
_MOVED = """
SELECT coalesce(sum(e.amount) FILTER (WHERE f.kind = 'operator'), 0) - coalesce(sum(e.amount) FILTER (WHERE t.kind = 'operator'), 0)
FROM entry e JOIN account f ON f.agent_id = e.agent_id AND f.id = e.from_account
JOIN account t ON t.agent_id = e.agent_id AND t.id = e.to_account WHERE e.agent_id = $1
"""
# What the diary says, what the hub may have, what the operator may have ("" is: no such transaction).
_FITS: dict[Told, tuple[set[str], set[str]]] = {
    Told.GOOD: ({"ok"}, {"ok"}),
    Told.PROMISED: ({"ok"}, {"ok"}),
    Told.VOID: ({"canceled", "tombstone", "refused", ""}, {"canceled", "refused", ""}),
    Told.REFUSED: ({"refused"}, {"refused", ""}),
}
_SIGN = {"bet": -1, "win": 1, "refund": 1}


async def open_ends(database_url: str) -> list[str]:
    """What is not settled between hub and operator."""
    conn = await asyncpg.connect(database_url)
    try:
        calls = await conn.fetch(
            "SELECT kind, phase, subject, round_id, place, tries, last_error, now() - asked_at AS age, due - now() AS due_in,"
            " taken_until - now() AS taken_for FROM operator_call ORDER BY asked_at"
        )
        rows = await conn.fetch(
            "SELECT provider_tx_id, kind, state FROM transaction WHERE state IN ('pending', 'voiding', 'parked')"
        )
    finally:
        await conn.close()
    return [f"call {dict(row)}" for row in calls] + [f"transaction {dict(row)}" for row in rows]


async def disagreements(
    database_url: str, operator: OperatorProcess, casino: SeamlessCasino, diary: Diary
) -> list[str]:
    """One line for each thing that one of the three tells otherwise."""
    conn = await asyncpg.connect(database_url)
    try:
        rows = await conn.fetch(_HUB, casino.agent_id)
        taken = await conn.fetchval(_MOVED, casino.agent_id)
    finally:
        await conn.close()
    users = {guest.operator_user for guest in casino.guests}
    theirs = {
        int(row["transaction_id"]): row for row in operator.admin("GET", "transactions") if row["user_id"] in users
    }
    problems = list(diary.odd)
    problems += [f"the operator: {line}" for line in operator.wrong()]
    by_number = {row["number"]: row for row in rows}
    problems += [
        f"the hub knows nothing of the operator's {row}" for number, row in theirs.items() if number not in by_number
    ]
    for row in rows:
        problems += _hub_and_operator(row, theirs.get(row["number"]))
    hub = {int(row["provider_tx_id"]): row for row in rows}
    problems += [f"nobody sent the hub's {dict(row)}" for tx, row in hub.items() if tx not in diary.deeds]
    for deed in diary.deeds.values():
        known = hub.get(deed.tx)
        problems += _studio_and_both(deed, known, theirs.get(known["number"]) if known else None)
    return problems + _money(casino, operator, rows, taken)


def _hub_and_operator(row: asyncpg.Record, theirs: dict[str, Any] | None) -> list[str]:
    state = row["state"]
    fits = {"ok": {"ok"}, "canceled": {"canceled", "refused", ""}, "refused": {"refused", ""}, "tombstone": {""}}
    there = theirs["state"] if theirs else ""
    if there not in fits.get(state, set()):
        return [f"{row['kind']} {row['provider_tx_id']} is {state} in the hub and {there or 'unknown'} at the operator"]
    if theirs is None or there == "refused":
        return []
    minor = Decimal(theirs["amount"]) * 100
    said = (theirs["type"].lower(), theirs["user_id"], int(theirs["round_id"]))
    ours = (row["kind"], row["operator_user_id"], row["round_number"])
    problems = [] if said == ours else [f"the operator has {said} for the hub's {ours}"]
    if state == "ok" and minor * _SIGN[row["kind"]] != row["real_amount"]:
        problems.append(f"{row['provider_tx_id']}: the operator moved {minor}, the hub {row['real_amount']}")
    return problems


def _studio_and_both(deed: Deed, hub: asyncpg.Record | None, theirs: dict[str, Any] | None) -> list[str]:
    if deed.told is None:
        return [f"{deed}: its fate was never known"]
    ours, there = hub["state"] if hub else "", theirs["state"] if theirs else ""
    fits = _FITS[deed.told]
    problems = [] if ours in fits[0] else [f"{deed}: is {ours or 'unknown'} in the hub"]
    if there not in fits[1]:
        problems.append(f"{deed}: is {there or 'unknown'} at the operator")
    if hub and ours == "ok" and hub["real_amount"] != deed.amount * _SIGN[deed.kind.lower()]:
        problems.append(f"{deed}: the hub moved {hub['real_amount']}")
    return problems


def _money(casino: SeamlessCasino, operator: OperatorProcess, rows: list[asyncpg.Record], taken: int) -> list[str]:
    """Balances at the operator by what stands in the hub; what the hub's ledger says it took from all."""
    stands = Counter[str]()
    for row in rows:
        if row["state"] == "ok":
            stands[row["operator_user_id"]] += row["real_amount"]
    held = {row["user_id"]: Decimal(row["balance"]) * 100 for row in operator.admin("GET", "players")}
    problems = [
        f"{guest.operator_user} holds {held[guest.operator_user]}, by the hub {guest.opening + stands[guest.operator_user]}"
        for guest in casino.guests
        if held[guest.operator_user] != guest.opening + stands[guest.operator_user]
    ]
    gone = sum(guest.opening for guest in casino.guests) - sum(held[guest.operator_user] for guest in casino.guests)
    return problems if taken == gone else [*problems, f"the hub's ledger took {taken}, the operator lost {gone}"]
