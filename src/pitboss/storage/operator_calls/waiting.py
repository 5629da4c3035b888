"""Unsettled calls to seamless operators as a person looks at them: page by page, or the one behind an exchange that failed.

Whatever an outage leaves behind, a page looks at MOST_LOOKED calls at the most.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg import Record

from pitboss.domain.invalid import Invalid
from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.storage import statements
from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.database import Connection

MOST_LOOKED: Final = 20_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_ALL: Final = (0, 0, "", "")
_LONGEST_SUBJECT: Final = 255
Key = tuple[int, int, str, str]
"""Wallet, provider, kind, subject."""


class Waiting(NamedTuple):
    """A call and its player. `state`, `moved` (signed minor units) and `campaign_code`: of the transaction it is about. `behind`:
    an earlier call of its round comes first."""

    user_in_game: str
    player_id: str
    username: str
    state: str | None
    moved: int
    campaign_code: str | None
    behind: bool
    call: Call

    @property
    def currency(self) -> str:
        """The code of its currency."""
        return self.user_in_game.partition("-")[2]


class WaitingPage(NamedTuple):
    """`older`: the place of the next page; None: there is none."""

    rows: list[Waiting]
    older: str | None


async def under_way(conn: Connection, agent_id: int, phase: Phase | None, after: str | None, most: int) -> WaitingPage:
    """What the worker is at, the next due first. `after`: where another page ended. Raises Invalid."""
    due, reference = (_EPOCH, UUID(int=0)) if after is None else _read_place(after)
    looked = await conn.fetch(
        statements.sql("waiting/under_way"), agent_id, due, reference, phase, most + 1, MOST_LOOKED
    )
    return await _page(conn, agent_id, looked, most, lambda row: _place(row[4], row[5]))


async def parked_page(conn: Connection, agent_id: int, after: str | None, most: int) -> WaitingPage:
    """What waits for a person, in the order of the key. `after`: where another page ended. Raises Invalid."""
    place = _BEFORE_ALL if after is None else _read_key(after)
    looked = await conn.fetch(statements.sql("waiting/parked"), agent_id, *place, most + 1, MOST_LOOKED)
    return await _page(conn, agent_id, looked, most, lambda row: ".".join(map(str, row[:4])))


async def _page(
    conn: Connection, agent_id: int, looked: Sequence[Record], most: int, place: Callable[[Record], str]
) -> WaitingPage:
    found = [row for row in looked if not row["stop"]]
    last = found[most - 1] if len(found) > most else next((row for row in looked if row["stop"]), None)
    rows = await _rows(conn, agent_id, [tuple(row)[:4] for row in found[:most]])
    return WaitingPage(rows, None if last is None else place(last))


async def read_again(conn: Connection, agent_id: int, call: Call) -> Waiting | None:
    """A call as it is now; None once it is settled."""
    rows = await _rows(conn, agent_id, [(call.wallet_id, call.provider_id, call.kind, call.subject)])
    return rows[0] if rows else None


async def of_exchange(
    conn: Connection, agent_id: int, failed: ApiErrorRow, currencies: Iterable[str]
) -> Waiting | None:
    """The unsettled call that a failed exchange was about, in either direction; None where there is none (any more)."""
    keys: Sequence[Key] = ()
    if failed.direction == "out" and _is_id(failed.reference):
        keys = [
            tuple(row)
            for row in await conn.fetch(statements.sql("waiting/of_transaction"), agent_id, UUID(failed.reference))
        ]
    if not keys and failed.dialect == "wallet":
        keys = await _by_body(conn, agent_id, failed, currencies)
    rows = await _rows(conn, agent_id, keys[:1])
    return rows[0] if rows else None


async def _by_body(conn: Connection, agent_id: int, failed: ApiErrorRow, currencies: Iterable[str]) -> list[Key]:
    said = _data(failed.request)
    user_id = said.get("user_id")
    if not user_id:
        return []
    wallets = [user_id]
    if failed.direction == "out":
        player_id = await conn.fetchval(statements.sql("waiting/player_of_operator"), agent_id, user_id)
        wallets = [] if player_id is None else [f"{player_id}-{code}" for code in currencies]
    found = []
    for *key, reference in await conn.fetch(statements.sql("waiting/of_wallets"), agent_id, wallets):
        _, _, kind, subject = key
        member = "round_id" if kind == CallKind.FINISH else "transaction_id"
        mine = reference == failed.reference if failed.direction == "out" else subject == said.get(member)
        # An end of a round names no transaction, all else does.
        if mine and (kind == CallKind.FINISH) == ("transaction_id" not in said):
            found.append(tuple(key))
    return found


def _data(body: str | None) -> dict[str, str]:
    """The members of a body's `data` that are texts or whole numbers, as texts; nothing where it is cut off or no JSON."""
    try:
        said = json.loads(body or "", parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return {}
    data = said.get("data") if isinstance(said, dict) else None
    if not isinstance(data, dict):
        return {}
    return {name: value for name, value in data.items() if isinstance(value, str) and "\0" not in value}


async def _rows(conn: Connection, agent_id: int, keys: Sequence[Key]) -> list[Waiting]:
    if not keys:
        return []
    columns = ([key[place] for key in keys] for place in range(4))
    rows = await conn.fetch(statements.sql("waiting/rows"), agent_id, *columns)
    return [_waiting(tuple(row)) for row in rows]


def _waiting(row: tuple[Any, ...]) -> Waiting:
    call = Call(*row[7:])
    return Waiting._make((*row[:7], call._replace(kind=CallKind(call.kind), phase=Phase(call.phase))))


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(sign in "0123456789abcdef" for sign in text)


def _place(due: datetime, reference: str) -> str:
    return f"{(due - _EPOCH) // timedelta(microseconds=1)}.{reference}"


def _read_place(text: str) -> tuple[datetime, UUID]:
    micros, _, reference = text.partition(".")
    if not _is_number(micros) or not _is_id(reference):
        raise Invalid("from", "is no place in this list")
    try:
        return _EPOCH + timedelta(microseconds=int(micros)), UUID(reference)
    except OverflowError:
        raise Invalid("from", "is no place in this list") from None


def _read_key(text: str) -> Key:
    wallet, _, rest = text.partition(".")
    provider, _, rest = rest.partition(".")
    kind, _, subject = rest.partition(".")
    right = _is_number(wallet) and _is_number(provider) and int(provider) < 2**31 and kind in set(CallKind)
    if not right or not subject.isprintable() or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Invalid("parked", "is no place in this list")
    return int(wallet), int(provider), kind, subject


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
