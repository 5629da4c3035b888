"""A player's browser at the house studio: opens the launch URL, then speaks the page's own JSON API."""

import asyncio
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx

from pitboss.simulate.errors import Failure, Refusal

_MOST_STEPS = 200
_LOOK_EVERY = 0.4
_PATIENCE = 150
"""Looks at a round that ends by itself: a minute."""


class Browser:
    """One open game. `game` is what the page was told of it."""

    def __init__(self, http: httpx.AsyncClient, api: str, state: dict[str, Any]) -> None:
        self._http = http
        self._api = api
        self.game: dict[str, Any] = state["game"]
        self.currency = str(state["session"]["currency"])
        self.balance = Decimal(state["balance"])
        self._found = state

    @classmethod
    async def open(cls, http: httpx.AsyncClient, url: str) -> "Browser":
        """Follow a launch URL to the game. Raises Failure."""
        try:
            answer = await http.get(url, follow_redirects=True)
        except httpx.HTTPError as error:
            raise Failure(f"launch URL: {type(error).__name__}") from None
        if answer.status_code != 200 or "/play/" not in answer.url.path:
            raise Failure(f"launch URL: HTTP {answer.status_code}")
        parts = urlsplit(str(answer.url))
        api = f"{parts.scheme}://{parts.netloc}/api/{answer.url.path.rsplit('/', 1)[1]}"
        return cls(http, api, await _ask(http, "GET", f"{api}/state", None))

    async def finish(self) -> None:
        """Play out a round that an earlier session left open."""
        if self._found["round"] and self._found["round"]["open"]:
            await self._play_out(self._found)

    async def play(self, spin_id: str, stake: dict[str, object]) -> dict[str, Any]:
        """One round to its end: what the page was told of it. Raises Refusal for a stake that was not taken, Failure."""
        return await self._play_out(await self._post("spin", {"spin_id": spin_id, **stake}))

    async def _play_out(self, told: dict[str, Any]) -> dict[str, Any]:
        for _ in range(_MOST_STEPS):
            round_: dict[str, Any] = told["round"]
            if not round_["open"]:
                return self._over(round_)
            if round_["more"] and told.get("live") is None:
                told = await self._post("step", {"round_id": round_["id"], "step": len(round_["steps"])})
            else:
                told = await self._wait(round_)
        raise Failure("round without an end")

    def _over(self, round_: dict[str, Any]) -> dict[str, Any]:
        if round_["state"] != "settled":
            raise Refusal(str(round_["code"] or round_["state"]))
        self.balance = Decimal(round_["balance_after"])
        return round_

    async def _post(self, what: str, body: dict[str, object]) -> dict[str, Any]:
        return await _ask(self._http, "POST", f"{self._api}/{what}", body)

    async def _wait(self, round_: dict[str, Any]) -> dict[str, Any]:
        """Look at it now and then until it is over: it runs on a clock, or its win is still under way."""
        for _ in range(_PATIENCE):
            await asyncio.sleep(_LOOK_EVERY)
            told = await _ask(self._http, "GET", f"{self._api}/state", None)
            if told["round"] is None or told["round"]["id"] != round_["id"]:
                raise Failure("round out of sight")
            if not told["round"]["open"]:
                return told
        raise Failure("round without an end")


async def _ask(http: httpx.AsyncClient, method: str, url: str, body: dict[str, object] | None) -> dict[str, Any]:
    what = url.rsplit("/", 1)[1]
    try:
        answer = await http.request(method, url, json=body)
        told: dict[str, Any] = answer.json()
    except httpx.HTTPError as error:
        raise Failure(f"{what}: {type(error).__name__}") from None
    except ValueError:
        raise Failure(f"{what}: HTTP {answer.status_code}") from None
    if answer.status_code == 200:
        return told
    refused = told.get("error")
    code = str(refused.get("code")) if isinstance(refused, dict) else ""
    if answer.status_code in (404, 409) and code not in ("", "http"):
        raise Refusal(code)
    raise Failure(f"{what}: HTTP {answer.status_code} {code}".rstrip())
