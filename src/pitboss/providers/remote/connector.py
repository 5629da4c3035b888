"""Studios that speak the wallet protocol and, behind a callback URL, the studio protocol."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Raw

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import AmountError, Currency, format_minor, parse_minor
from pitboss.providers.connector import Done, Failed, Grant, Launch, NotOffered, RoundAsked
from pitboss.providers.remote.client import StudioClient
from pitboss.wire import studio
from pitboss.wire.studio import GrantStatus, RoundLog, number

T = TypeVar("T")

_STAMP = "%Y-%m-%d %H:%M:%S"


class RemoteLauncher:
    """The query is the wallet protocol's own; the hub is the studio's operator."""

    def launch_url(self, provider: Provider, launch: Launch) -> str | None:
        """The provider's launch address with the launch's parameters; a query the address has already is kept in front."""
        if not provider.launch_url:
            return None
        parts = urlsplit(provider.launch_url)
        own = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([*own, *_parameters(provider, launch)])
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


class RemoteConnector(RemoteLauncher):
    """Amounts and currencies go out, and are read, in the studio's own units."""

    def __init__(self, client: StudioClient) -> None:
        self._client = client

    async def list_games(self, provider: Provider) -> Done[bytes] | NotOffered | Failed:
        """`games`."""
        return _read(await self._client.call(provider, "games", {}, studio.MAX_GAMES), studio.games_of)

    async def bet_values(
        self, provider: Provider, games: Sequence[Game], currency: Currency
    ) -> Done[tuple[int, ...]] | NotOffered | Failed:
        """`betvalues`."""
        unit = provider.unit_for(currency)
        data = {"game_ids": [game.provider_game_id for game in games], "currency_code": unit.code}

        def read(said: Raw) -> tuple[int, ...]:
            try:
                return tuple(sorted({parse_minor(text, unit.scale) for text in studio.read_values(said)}))
            except AmountError as error:
                raise studio.BadAnswer(f"has a value that {error}") from None

        return _read(await self._client.call(provider, "betvalues", data), read)

    async def grant(self, provider: Provider, grant: Grant) -> Done[str] | NotOffered | Failed:
        """`grant`."""
        unit = provider.unit_for(grant.currency)
        data = {
            "campaign_code": grant.campaign_code,
            "kind": grant.kind,
            "user_ids": grant.user_ids,
            "game_ids": [game.provider_game_id for game in grant.games],
            "count": grant.count,
            "bet_value": number(format_minor(grant.bet_value, unit.scale)),
            "currency_code": unit.code,
            "valid_from": grant.valid_from.strftime(_STAMP),
            "valid_to": grant.valid_to.strftime(_STAMP),
        }
        return _read(await self._client.call(provider, "grant", data), studio.read_campaign_id)

    async def grant_status(self, provider: Provider, campaign_code: str) -> Done[GrantStatus] | NotOffered | Failed:
        """`grantstatus`."""
        data = {"campaign_code": campaign_code}
        return _read(await self._client.call(provider, "grantstatus", data), studio.read_grant_status)

    async def cancel_grant(self, provider: Provider, campaign_code: str) -> Done[GrantStatus] | NotOffered | Failed:
        """`cancelgrant`."""
        data = {"campaign_code": campaign_code}
        return _read(await self._client.call(provider, "cancelgrant", data), studio.read_grant_status)

    async def round_log(self, provider: Provider, asked: RoundAsked) -> Done[RoundLog] | NotOffered | Failed:
        """`roundlog`."""
        data = {
            "user_id": asked.user_in_game,
            "round_id": _id(asked.round_id),
            "transaction_id": _id(asked.transaction_id),
            "history_id": asked.history_id,
        }
        return _read(await self._client.call(provider, "roundlog", data), studio.read_round_log)

    async def end_session(self, provider: Provider, token: str, reason: str) -> Done[None] | NotOffered | Failed:
        """`endsession`."""
        return _read(await self._client.call(provider, "endsession", {"token": token, "reason": reason}), _nothing)

    async def balance_changed(
        self, provider: Provider, user_in_game: str, currency: Currency, balance: int
    ) -> Done[None] | NotOffered | Failed:
        """`balancechanged`."""
        unit = provider.unit_for(currency)
        shown = number(format_minor(balance, unit.scale))
        data = {"user_id": user_in_game, "currency_code": unit.code, "balance": shown}
        return _read(await self._client.call(provider, "balancechanged", data), _nothing)


def _read(outcome: Done[Raw] | NotOffered | Failed, read: Callable[[Raw], T]) -> Done[T] | NotOffered | Failed:
    if not isinstance(outcome, Done):
        return outcome
    try:
        return Done(read(outcome.answer))
    except studio.BadAnswer as error:
        return Failed(f"the answer {error}")


def _nothing(_: Raw) -> None:
    return None


def _id(text: str | None) -> Raw | str | None:
    """A studio's ids are whole numbers of up to 20 digits; they go back as such."""
    return number(text) if text and text.isascii() and text.isdigit() and (text == "0" or text[0] != "0") else text


def _parameters(provider: Provider, launch: Launch) -> list[tuple[str, str]]:
    wanted = (
        ("mode", "fun" if launch.token is None else "real"),
        ("token", launch.token),
        ("lobby_id", launch.lobby_id),
        ("game_id", str(launch.game.provider_game_id) if launch.game and launch.lobby_id is None else None),
        ("currency", provider.unit_for(launch.currency).code if launch.currency else None),
        ("language", launch.language),
        ("operator_id", provider.operator_id),
        ("home_url", launch.home_url),
        ("deposit_url", launch.deposit_url),
        ("device", launch.device),
    )
    return [(name, value) for name, value in wanted if value is not None]
