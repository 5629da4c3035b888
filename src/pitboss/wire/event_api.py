"""The words of the event API: six kinds of items, and field errors (the contract, "The event API").

`event_batch.py` reads them out of a body.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

MAX_ITEMS: Final = 10_000
MAX_BODY: Final = 16 * 1024 * 1024

Text = str | None | UnsetType
Texts = list[str] | None | UnsetType
Flag = bool | None | UnsetType


class Gameround(Struct, frozen=True, gc=False):
    """A bet or a win; `amount` is the number as it is spelled."""

    unique_id: str
    timestamp: str
    player_id: str
    game_id: str
    round_id: str
    amount: Raw
    currency: str
    is_win: bool
    is_bonus: bool
    corrects: Text = UNSET


class Deposit(Struct, frozen=True, gc=False):
    """A deposit that succeeded."""

    unique_id: str
    timestamp: str
    player_id: str
    amount: Raw
    currency: str
    method: str
    amount_eur: Raw | UnsetType = UNSET


class Withdraw(Struct, frozen=True, gc=False):
    """A withdrawal that succeeded."""

    unique_id: str
    timestamp: str
    player_id: str
    amount: Raw
    currency: str
    method: str


class Player(Struct, frozen=True):
    """What is new about a player."""

    unique_id: str
    timestamp: str
    player_id: str
    username: Text = UNSET
    registration_date: Text = UNSET
    country: Text = UNSET
    currency: Text = UNSET
    gender: Text = UNSET
    affiliate: Text = UNSET
    operator: Text = UNSET
    tags: Texts = UNSET
    consent_email: Flag = UNSET
    is_blocked: Flag = UNSET


class Game(Struct, frozen=True):
    """What is new about a game."""

    unique_id: str
    timestamp: str
    game_id: str
    name: Text = UNSET
    provider: Text = UNSET
    categories: Texts = UNSET
    features: Texts = UNSET
    themes: Texts = UNSET
    device: Text = UNSET
    has_freespins: Text = UNSET


class Login(Struct, frozen=True, gc=False):
    """A player logged in."""

    unique_id: str
    timestamp: str
    player_id: str


Data = Gameround | Deposit | Withdraw | Player | Game | Login
KINDS: Final[dict[str, type[Data]]] = {
    "gameround": Gameround, "deposit": Deposit, "withdraw": Withdraw, "player": Player, "game": Game, "login": Login,
}  # fmt: skip


class FieldError(NamedTuple):
    """What is wrong with one member of an item; `field` is `event`, `data`, `item`, or the name of a member of `data`."""

    field: str
    message: str


class BadItem(NamedTuple):
    """An item that is no event; `unique_id` as far as it could be read. `data`: the event with stand-ins for the members in error,
    so that the others can be judged as well."""

    unique_id: str | None
    errors: list[FieldError]
    data: Data | None


class BadBody(ValueError):
    """The body is no batch; `status` is 413 for one that is too large, else 422."""

    def __init__(self, field: str, message: str, status: int = 422) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.status = status


def spelled(number: Raw | UnsetType) -> str | None:
    """A number as it stands in the body; None for null or none."""
    if isinstance(number, UnsetType):
        return None
    text = str(number, "utf-8", "replace")
    return None if text == "null" else text


def columns(rounds: Sequence[Gameround]) -> Sequence[Sequence[Any]]:
    """Gamerounds (one at least) member by member, amounts as they are spelled; None where `corrects` is left out."""
    *others, amounts, currencies, are_wins, are_bonus, corrects = zip(
        *map(msgspec.structs.astuple, rounds), strict=True
    )
    named = [None if unique_id is UNSET else unique_id for unique_id in corrects]
    return [*others, _spelled(amounts), currencies, are_wins, are_bonus, named]


def _spelled(numbers: Sequence[Raw]) -> list[str]:
    # White space may stand within what is no number.
    lines = str(b"\n".join(numbers), "utf-8", "replace").split("\n")
    return lines if len(lines) == len(numbers) else [spelled(number) or "" for number in numbers]
