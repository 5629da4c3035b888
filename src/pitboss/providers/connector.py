"""The connector interface: what the hub asks of any studio, and how a call may end.

Everything but the launch is optional for a studio (the contract, "What a studio may offer the hub beyond the wallet protocol"):
NotOffered has a plain fallback with whoever asks, Failed means that it could not be learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency
from pitboss.wire.studio import GrantStatus, RoundLog

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Launch:
    """What opens in the player's browser: a game, or a lobby where `lobby_id` is given. Without a token it is for fun.

    `currency` is the player's; a connector writes what its studio calls it.
    """

    game: Game | None
    lobby_id: str | None
    token: str | None = field(repr=False)
    currency: Currency | None
    language: str
    device: str
    home_url: str | None
    deposit_url: str | None


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The studio did it, and answered."""

    answer: T


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The studio does not do this at all."""


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer to be trusted, or a refusal: `reason` is for logs and holds nothing secret. `refusal` is the studio's error code
    when it refused; None when it may or may not have acted."""

    reason: str
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """Stakes the player does not fund. `kind`: free_spins, free_chips or golden_chips. `bet_value`: minor units of `currency`.

    `user_ids` are userInGame; times are UTC.
    """

    campaign_code: str
    kind: str
    user_ids: tuple[str, ...]
    games: tuple[Game, ...]
    count: int
    bet_value: int
    currency: Currency
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class RoundAsked:
    """Which round a log is asked for: by the studio's own ids, as it sent them."""

    user_in_game: str
    currency: Currency
    round_id: str | None
    transaction_id: str | None
    history_id: str | None


class Launcher(Protocol):
    """The part of a connector that needs no call."""

    def launch_url(self, provider: Provider, launch: Launch) -> str | None:
        """Where the player's browser is sent, or None when the provider has no launch address."""
        ...


class Connector(Launcher, Protocol):
    """One studio's interface. No method raises for what a studio does."""

    async def list_games(self, provider: Provider) -> Done[bytes] | NotOffered | Failed:
        """The list `provider games import` takes, undecoded."""
        ...

    async def bet_values(
        self, provider: Provider, games: Sequence[Game], currency: Currency
    ) -> Done[tuple[int, ...]] | NotOffered | Failed:
        """Stakes common to all the games, ascending minor units of `currency`. Not offered: what the games' list said of them."""
        ...

    async def grant(self, provider: Provider, grant: Grant) -> Done[str] | NotOffered | Failed:
        """The studio's id of the campaign; the same code again is the same campaign. Not offered: no free rounds for its games."""
        ...

    async def grant_status(self, provider: Provider, campaign_code: str) -> Done[GrantStatus] | NotOffered | Failed:
        """How much of a campaign was played."""
        ...

    async def cancel_grant(self, provider: Provider, campaign_code: str) -> Done[GrantStatus] | NotOffered | Failed:
        """End a campaign; what was played stands."""
        ...

    async def round_log(self, provider: Provider, asked: RoundAsked) -> Done[RoundLog] | NotOffered | Failed:
        """What happened in a round, for people. Not offered: log type `nodata`."""
        ...

    async def end_session(self, provider: Provider, token: str, reason: str) -> Done[None] | NotOffered | Failed:
        """Tell the open game that it is over. Not offered: the game finds out with its next stake."""
        ...

    async def balance_changed(
        self, provider: Provider, user_in_game: str, currency: Currency, balance: int
    ) -> Done[None] | NotOffered | Failed:
        """Tell the open games the balance, minor units. Not offered: they find out with their next call."""
        ...


def listed_bet_values(games: Sequence[Game], currency: Currency) -> tuple[str, ...]:
    """The fallback of `bet_values`: values common to all the games, as their list gave them, in the currency itself, ascending."""
    if not games:
        return ()
    first, *others = (game.bet_values.get(currency.code, ()) for game in games)
    return tuple(value for value in first if all(value in other for other in others))
