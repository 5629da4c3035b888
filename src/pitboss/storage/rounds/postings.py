"""The ledger entries of messages, with the accounts named for people."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection

_NAMES: Final = {
    "player": "the player's money",
    "bonus": "the player's bonus money",
    "agent": "the agent's wallet",
    "house": "the house",
    "operator": "the operator's wallet",
    "bonus_cost": "the cost of bonuses",
    "provider": "the studio",
    "funding": "money from outside",
    "suspense": "not explained yet",
}


class Account(NamedTuple):
    """Where money was or went. `kind`: player, bonus (a player's bonus money), agent, or the kind of an account of the agent's."""

    id: int
    kind: str

    @property
    def name(self) -> str:
        """For people."""
        return _NAMES.get(self.kind, self.kind)


class Posting(NamedTuple):
    """`amount` > 0 minor units left one account and reached another. `source_after`, `target_after`: the real balance of the wallet
    among the two right after it; None for accounts that are counted from their entries."""

    id: uuid.UUID
    source: Account
    target: Account
    amount: int
    source_after: int | None
    target_after: int | None


async def read_postings(
    conn: Connection, agent_id: int, messages: Sequence[tuple[uuid.UUID, uuid.UUID]]
) -> Mapping[uuid.UUID, tuple[Posting, ...]]:
    """By message: each is named by its id and its wallet transaction's, which are the only ones its entries can have."""
    if not messages:
        return {}
    ids = [each for both in messages for each in both]
    rows = await conn.fetch(statements.sql("rounds/entries"), agent_id, ids, [message for message, _ in messages])
    numbers = sorted({row[column] for row in rows for column in ("from_account", "to_account")})
    named = await conn.fetch(statements.sql("rounds/accounts"), agent_id, numbers, [-number for number in numbers])
    accounts = {row[0]: Account(row[0], row[1]) for row in named}
    found: dict[uuid.UUID, list[Posting]] = defaultdict(list)
    for message, entry_id, source, target, amount, source_after, target_after in rows:
        left, reached = (accounts.get(number, Account(number, "unknown account")) for number in (source, target))
        found[message].append(Posting(entry_id, left, reached, amount, source_after, target_after))
    return {message: tuple(postings) for message, postings in found.items()}
