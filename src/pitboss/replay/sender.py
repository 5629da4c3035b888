"""Batches over HTTP to anything that speaks the event API, each until it is answered 204, with a bounded number of attempts."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple

import httpx

from pitboss.replay.crash import Item

MAX_BATCH = 10_000
_AGAIN = frozenset({429, 500, 502, 503, 504, 510})
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0


class NotTaken(Exception):
    """A batch was refused, or not taken after all attempts; the message is one line and shows no key."""


class Target(NamedTuple):
    """Where batches go: the event API's URL (`…/api/v1/events` or the hub's own), and a key for it."""

    url: str
    key: str
    attempts: int = 8

    def __repr__(self) -> str:
        return f"Target({self.url!r})"


async def send_all(
    target: Target, items: Iterable[Item], *, batch: int, senders: int, sent: Callable[[int], None]
) -> int:
    """Send all items, `senders` batches at once; `sent(n)` is called after each. How many were sent. Raises NotTaken."""
    batches = _batches(items, batch)
    async with _client() as http, asyncio.TaskGroup() as tasks:
        done = [tasks.create_task(_keep_sending(http, target, batches, sent)) for _ in range(senders)]
    return sum(task.result() for task in done)


@asynccontextmanager
async def _client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        yield http


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while found := list(islice(rest, size)):
        yield found


async def _keep_sending(
    http: httpx.AsyncClient, target: Target, batches: Iterator[list[Item]], sent: Callable[[int], None]
) -> int:
    total = 0
    for batch in batches:
        await _send(http, target, batch)
        total += len(batch)
        sent(len(batch))
    return total


async def _send(http: httpx.AsyncClient, target: Target, batch: list[Item]) -> None:
    body = f'{{"items": [{", ".join(item.text for item in batch)}]}}'.encode()
    headers = {"x-api-key": target.key, "content-type": "application/json"}
    pause, why = _FIRST_PAUSE_SECONDS, ""
    for _ in range(target.attempts):
        try:
            answer = await http.post(_events_url(target.url), content=body, headers=headers)
        except httpx.HTTPError as error:
            why = type(error).__name__
        else:
            if answer.status_code == 204:
                return
            why = f"{answer.status_code} {answer.text[:200]}"
            if answer.status_code not in _AGAIN:
                raise NotTaken(f"a batch was refused: {why}")
            pause = max(pause, _told_seconds(answer))
        # Apart, so that those who were turned away together do not come back together.
        await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - no secret
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    raise NotTaken(f"a batch was not taken after {target.attempts} attempts: {why}")


def _told_seconds(answer: httpx.Response) -> float:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0.0


def _events_url(url: str) -> str:
    return url if url.endswith("/api/v1/events") else f"{url.rstrip('/')}/api/v1/events"
