"""Failed exchanges that were about a round: those of the error log of which that can be told for certain."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from pitboss.storage import statements
from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.database import Connection
from pitboss.storage.rounds.places import LAST_ID, first_id

_BEFORE: Final = timedelta(minutes=10)
"""A studio may have been refused before the round opened."""
_MOST: Final = 20_000


class AboutRound(NamedTuple):
    """What tells that an exchange was about a round: the hub's ids of its messages (32 hex digits) and its number, the studio, the
    studio's ids of the round and of the messages, and the player."""

    ids: Collection[str]
    number: int | None
    studio: str
    round_id: str
    provider_tx_ids: Collection[str]
    user_in_game: str


class FailedExchanges(NamedTuple):
    """In order of time. `looked_to`: where it was stopped looking, since too much failed; None: all that is kept was looked at."""

    rows: list[ApiErrorRow]
    looked_to: datetime | None


async def errors_of_round(conn: Connection, agent_id: int, about: AboutRound, opened_at: datetime) -> FailedExchanges:
    """An exchange with an operator belongs to the round when its reference is one of the round's messages, or its words name the
    round's number; one of a studio's when its words name the player and the round or one of its messages. What cannot be read (no
    JSON, or cut off) is left out. Needs a transaction of the tenant."""
    stretch = (agent_id, first_id(opened_at - _BEFORE), LAST_ID)
    # No words hold a control character: nothing is found by one.
    number = "\x01" if about.number is None else str(about.number)
    rows = await conn.fetch(
        statements.sql("rounds/errors"), *stretch, list(about.ids), about.studio, about.user_in_game, _MOST, number
    )
    end = await conn.fetchval(statements.sql("rounds/errors_end"), *stretch, _MOST)
    found = [ApiErrorRow(*row) for row in rows]
    return FailedExchanges([row for row in found if _belongs(row, about)], end)


def _belongs(row: ApiErrorRow, about: AboutRound) -> bool:
    data = _data(row.request)
    if row.direction == "out":
        return row.reference in about.ids or (about.number is not None and _id(data, "round_id") == str(about.number))
    if data.get("user_id") != about.user_in_game:
        return False
    return _id(data, "round_id") == about.round_id or _id(data, "transaction_id") in about.provider_tx_ids


def _id(data: Mapping[str, object], name: str) -> str | None:
    value = data.get(name)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None


def _data(request: str | None) -> Mapping[str, object]:
    """The words of a request of the wallet protocol; none where it is not one."""
    try:
        tree = json.loads(request or "", parse_float=str)
    except (ValueError, RecursionError):
        return {}
    data = tree.get("data") if isinstance(tree, dict) else None
    return data if isinstance(data, dict) else {}
