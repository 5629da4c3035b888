"""A producer of casino events as somebody outside writes one: plain JSON and HTTP, nothing of the hub's own."""

import json
from typing import Any

import httpx

AT = "2026-01-31T13:00:00Z"


def item(event: str, unique_id: object, **data: Any) -> dict[str, Any]:
    return {"event": event, "data": {"unique_id": unique_id, "timestamp": AT, **data}}


def bet(unique_id: str, amount: object = 10, **data: Any) -> dict[str, Any]:
    """A stake of 10 EUR by `ann` in `crash`, unless told otherwise."""
    defaults = {
        "player_id": "ann",
        "game_id": "crash",
        "round_id": "r1",
        "currency": "EUR",
        "is_win": False,
        "is_bonus": False,
    }
    return item("gameround", unique_id, amount=amount, **(defaults | data))


def win(unique_id: str, amount: object = 10, **data: Any) -> dict[str, Any]:
    return bet(unique_id, amount, is_win=True, **data)


def deposit(unique_id: str, amount: object = 10, **data: Any) -> dict[str, Any]:
    return item(
        "deposit", unique_id, amount=amount, **({"player_id": "ann", "currency": "EUR", "method": "card"} | data)
    )


def withdraw(unique_id: str, amount: object = 10, **data: Any) -> dict[str, Any]:
    return deposit(unique_id, amount, **data) | {"event": "withdraw"}


class Producer:
    """Sends batches with one tenant's key."""

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        self.http = http
        self.key = key

    async def send(self, *items: Any, **headers: str) -> httpx.Response:
        return await self.send_bytes(json.dumps({"items": items}).encode(), **headers)

    async def send_bytes(self, body: bytes, **headers: str) -> httpx.Response:
        given = {"x-api-key": self.key, "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post("/api/v1/events", content=body, headers=given)

    async def must(self, *items: Any) -> None:
        answer = await self.send(*items)
        assert answer.status_code == 204, answer.text
        assert answer.content == b""

    async def lenient(self, *items: Any) -> tuple[int, dict[str, Any]]:
        answer = await self.send(*items, prefer="handling=lenient")
        told: dict[str, Any] = answer.json()
        return answer.status_code, told

    async def errors(self, *items: Any) -> list[tuple[int | None, str | None, str]]:
        """(index, unique_id, field) of what a strict batch was refused for."""
        answer = await self.send(*items)
        assert answer.status_code == 422, (answer.status_code, answer.text)
        return [(error["index"], error["unique_id"], error["field"]) for error in answer.json()["errors"]]

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query, headers={"x-api-key": self.key})
