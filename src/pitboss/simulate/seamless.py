"""A seamless casino's own back end: its players' money stays with it, in the reference operator, whose administration is asked."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from pitboss.simulate.casino import Casino
from pitboss.simulate.errors import Failure


@dataclass(frozen=True, slots=True)
class SeamlessCasino(Casino):
    """One seamless agent of the credentials file. At the operator a player has one currency, so each has a name for each."""

    admin_url: str
    admin_token: str = field(repr=False)

    async def make_player(self, username: str, currency: str) -> None:
        """At the operator and at the hub; no-op where it is there already."""
        user = _user(username, currency)
        if await self._ask("GET", f"players/{user}", None, missing=400) is None:
            await self._ask("POST", "players", {"user_id": user, "currency": currency})
        await Casino.make_player(self, user, currency)

    async def pay_in(self, username: str, currency: str, amount: str) -> None:
        """The hub never hears of it."""
        await self._ask("PUT", f"players/{_user(username, currency)}", {"credit": amount})

    async def launch(self, username: str, currency: str, game: str, mobile: bool) -> str:
        """The URL; the operator knows the token that it will be asked with before anybody opens it."""
        user = _user(username, currency)
        launched = await self.launched(user, currency, game, mobile)
        await self._ask("POST", "tokens", {"user_id": user, "token": launched["token"]})
        return str(launched["url"])

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None, missing: int | None = None) -> Any:
        """The operator's answer; None for the status that says it is not there. Raises Failure."""
        what = f"operator's {path.partition('/')[0]}"
        try:
            answer = await self.http.request(
                method,
                f"{self.admin_url}/{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.admin_token}"},
            )
        except httpx.HTTPError as error:
            raise Failure(f"{what}: {type(error).__name__}") from None
        if answer.status_code == missing:
            return None
        if not answer.is_success:
            raise Failure(f"{what}: HTTP {answer.status_code}")
        return answer.json()


def _user(username: str, currency: str) -> str:
    return f"{username}{currency.lower()}"
