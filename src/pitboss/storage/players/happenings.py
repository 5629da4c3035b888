"""What happens to players besides play, left in the outbox by the transaction that does it; the relay moves it into the journal.

Such an event of the journal has all members that a transaction's has, empty where they mean nothing, so that a reader need know
no more than the kinds it reads.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

import msgspec

from pitboss.domain import ids
from pitboss.domain.events.rules import MAX_TEXT
from pitboss.domain.money import format_decimal
from pitboss.domain.tags import TagValue
from pitboss.storage import statements
from pitboss.storage.database import Connection

LOGIN, PLAYER = "login", "player"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_OF_PLAY: dict[str, object] = {
    "wallet_tx_id": None, "undoes": None, "user_in_game": "", "wallet_version": None, "currency": "", "provider_id": 0,
    "provider_tx_id": "", "game_id": None, "round_id": None, "finished": False, "round_bets": None, "round_stands": None,
    "real": 0, "bonus": 0, "after": 0, "settle_rate": None, "reason": None, "campaign_code": None,
}  # fmt: skip


async def leave_login(conn: Connection, agent_id: int, player_id: str, token: str, at: datetime) -> None:
    """A player was let into a game, in the caller's transaction. The token itself is not told."""
    await _leave(conn, agent_id, LOGIN, login_id(token), player_id, at, {})


async def leave_new_player(
    conn: Connection, agent_id: int, player_id: str, username: str, currency: str | None, country: str, at: datetime
) -> None:
    """A player was made, in the caller's transaction."""
    said = new_player(username, currency, country, at, blocked=False)
    await _leave(conn, agent_id, PLAYER, new_player_id(player_id), player_id, at, said)


async def leave_player_change(
    conn: Connection, agent_id: int, player_id: str, changes: Mapping[str, object], at: datetime
) -> None:
    """Members of a player (the event API's) were changed, in the caller's transaction."""
    await _leave(conn, agent_id, PLAYER, _id(at), player_id, at, changes)


def new_player(username: str, currency: str | None, country: str, at: datetime, *, blocked: bool) -> dict[str, object]:
    """What a new player's event says."""
    told = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {
        "username": username, "registration_date": told, "country": country or None, "currency": currency,
        "is_blocked": blocked,
    }  # fmt: skip


def told_tags(tags: Mapping[str, TagValue]) -> list[str]:
    """A player's tags as the event API's list: `name:value`, in order, cut where one is longer than it allows."""
    told = [f"{name}:{format_decimal(value) if isinstance(value, Decimal) else value}" for name, value in tags.items()]
    return sorted(tag[:MAX_TEXT] for tag in told)


def new_player_id(player_id: str) -> str:
    """The unique_id of the event that tells of a new player: the same whoever tells it, and whenever."""
    return _hash("player", player_id)


def login_id(token: str) -> str:
    """The unique_id of a launch; says nothing about the token."""
    return _hash("login", token)


def _hash(what: str, subject: str) -> str:
    return blake2b(f"{what}\0{subject}".encode(), digest_size=16).hexdigest()


async def _leave(
    conn: Connection,
    agent_id: int,
    kind: str,
    unique_id: str,
    player_id: str,
    at: datetime,
    changes: Mapping[str, object],
) -> None:
    event = {"kind": kind, "id": unique_id, **_NOT_OF_PLAY, "player_id": player_id, "changes": changes}
    told = msgspec.json.encode([event]).decode()
    await conn.execute(statements.sql("own/leave"), agent_id, _id(at), at, told)


def _id(at: datetime) -> str:
    nanoseconds = (at - _EPOCH) // timedelta(microseconds=1) * 1_000
    return ids.time_ordered_id(nanoseconds, secrets.randbits(64))
