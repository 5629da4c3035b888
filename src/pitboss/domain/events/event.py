"""One event, judged: whatever is in it is exact and can be stored."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

GAMEROUND, DEPOSIT, WITHDRAW, PLAYER, GAME, LOGIN = "gameround", "deposit", "withdraw", "player", "game", "login"

PLAYER_MEMBERS = (
    "username", "registration_date", "country", "currency", "gender", "affiliate", "operator", "tags", "consent_email",
    "is_blocked",
)  # fmt: skip
GAME_MEMBERS = ("name", "provider", "categories", "features", "themes", "device", "has_freespins")
UNDEFINED_DEVICE = "undefined"
"""A game's device until one is given."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Event(NamedTuple):
    """One of the six kinds. `at` is UTC; `amount` and `amount_eur` are plain decimals in major units, without trailing zeros.

    `corrects`: the unique_id of the event that this one takes back as a whole. `changes`: what a player or game event says, by
    member; None as a value clears.
    """

    kind: str
    unique_id: str
    at: datetime
    player_id: str | None = None
    game_id: str | None = None
    round_id: str | None = None
    currency: str | None = None
    amount: str | None = None
    amount_eur: str | None = None
    is_win: bool | None = None
    is_bonus: bool | None = None
    method: str | None = None
    corrects: str | None = None
    changes: Mapping[str, object] | None = None


def microseconds(at: datetime) -> int:
    """Since 1970, exactly."""
    return (at - _EPOCH) // _MICROSECOND
