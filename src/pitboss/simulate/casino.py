"""A casino's own back end: makes players, pays in, launches, by the agent API."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from pitboss.simulate.errors import Failure, Refusal

# Codes that are a fault of the hub's or ours, not an answer to a player.
_FAULTS = frozenset(
    {"INTERNAL_ERROR", "INVALID_REQUEST", "NOT_IMPLEMENTED", "NOT_FOUND", "AGENT_NOT_FOUND", "IP_NOT_ALLOWED"}
)


@dataclass(frozen=True, slots=True)
class Casino:
    """One agent of the credentials file."""

    name: str
    currencies: tuple[str, ...]
    base_url: str
    http: httpx.AsyncClient
    key: str = field(repr=False)

    async def call(self, operation: str, body: dict[str, Any]) -> Any:
        """The result. Raises Refusal and Failure."""
        try:
            answer = await self.http.post(
                f"{self.base_url}/external/v1.6/{operation}",
                json=body,
                headers={"Authorization": f"Bearer {self.key}"},
            )
        except httpx.HTTPError as error:
            raise Failure(f"{operation}: {type(error).__name__}") from None
        try:
            told = answer.json()
            code = None if told["ok"] else str(told["error"]["code"])
        except (ValueError, KeyError, TypeError):
            raise Failure(f"{operation}: HTTP {answer.status_code}") from None
        if code is None:
            return told["result"]
        raise Failure(f"{operation}: {code}") if code in _FAULTS else Refusal(code)

    async def house_games(self) -> list[str]:
        """Codes of the house studio's games."""
        items = (await self.call("games", {"providerId": "house"}))["items"]
        return [item["id"] for item in items]

    async def all_games(self) -> list[str]:
        """Codes of every studio's games."""
        return [item["id"] for item in (await self.call("games", {}))["items"]]

    async def make_player(self, username: str, currency: str) -> None:
        """No-op when it is there already."""
        try:
            await self.call("createPlayer", {"username": username})
        except Refusal as refusal:
            if refusal.kind != "PLAYER_USERNAME_UNAVAILABLE":
                raise

    async def pay_in(self, username: str, currency: str, amount: str) -> None:
        """Raises Refusal when the casino's own wallet is empty."""
        await self.call("deposit", {"username": username, "currency": currency, "amount": amount})

    async def launch(self, username: str, currency: str, game: str, mobile: bool) -> str:
        """The URL that opens in the player's browser."""
        return str((await self.launched(username, currency, game, mobile))["url"])

    async def launched(self, username: str, currency: str, game: str, mobile: bool) -> dict[str, Any]:
        """What the hub answers to launchGame."""
        body = {
            "username": username, "isMobile": mobile, "gameId": game, "lang": "en", "currency": currency,
            "playerIp": "127.0.0.1",
        }  # fmt: skip
        result: dict[str, Any] = await self.call("launchGame", body)
        return result
