"""The error log of exchanges with others: noted in memory at once, written behind, in bulk, by a task of the process.

Noting never waits, never raises and never grows without bound: what comes too fast is dropped and counted. What is kept is masked
and cut when it is noted, so that no secret waits in memory or reaches the database.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import structlog

from pitboss.domain import ids
from pitboss.storage.api_errors import UNSTORABLE, ApiErrorRow
from pitboss.storage.database import DATABASE_ERRORS
from pitboss.wire.masking import masked, masked_url

log = structlog.get_logger()

NOBODY: Final = 0
"""The agent of exchanges that cannot be attributed: an administrator sees them, no agent does."""
_MOST_WAITING: Final = 2_000
_EACH_MS: Final = 100
_BURST_MS: Final = 50_000
_MOST_AT_ONCE: Final = 200
_PAUSE_SECONDS: Final = 0.2
_WHEN_AWAY_SECONDS: Final = 2.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_WRITE_SECONDS: Final = 5.0


class Exchange(NamedTuple):
    """One failed exchange as it was. `direction`: in or out; `dialect`: wallet, agent_api, platform; `reference`: the id of what it
    was about, the hub's or the peer's; `error`: a code or a reason; `request` and `answer`: the bodies as they came."""

    direction: str
    dialect: str
    command: str
    reference: str
    url: str
    http_status: int | None
    error: str
    duration_ms: int
    request: bytes | None
    answer: bytes | None

    def __repr__(self) -> str:
        return f"Exchange({self.direction} {self.dialect} {self.command}: {self.error})"


class ErrorLog:
    """`write` stores rows of one agent; `monotonic` gives seconds that never go back, `unix_ns` the time."""

    def __init__(
        self,
        write: Callable[[int, Sequence[ApiErrorRow]], Awaitable[None]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        unix_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._write = write
        self._monotonic = monotonic
        self._unix_ns = unix_ns
        self._random = random.Random(secrets.randbits(256))  # noqa: S311 - ids need be unique, not secret
        self._waiting: dict[int, list[ApiErrorRow]] = {}
        self._count = 0
        self._allowances: dict[int, _Allowance] = {}
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()
        self.dropped = 0
        """How many were not kept: too many of one agent at once, or the database was away for too long."""
        self._dropped_told = 0

    def note(self, agent_id: int, exchange: Exchange, *known_secrets: str) -> None:
        """Keep an exchange for the log. `known_secrets` are made unreadable wherever they stand in it."""
        allowance = self._allowances.setdefault(agent_id, _Allowance())
        if not allowance.take(int(self._monotonic() * 1000)) or self._count >= _MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.setdefault(agent_id, []).append(self._row(exchange, known_secrets))
            self._count += 1
        self._something.set()

    def _row(self, exchange: Exchange, known_secrets: Sequence[str]) -> ApiErrorRow:
        now_ns = self._unix_ns()
        return ApiErrorRow(
            id=ids.time_ordered_id(now_ns, self._random.getrandbits(64)),
            at=_EPOCH + timedelta(microseconds=now_ns // 1000),
            direction=exchange.direction,
            dialect=exchange.dialect,
            command=_words(exchange.command, known_secrets, 40),
            reference=_words(exchange.reference, known_secrets, 100),
            url=masked_url(exchange.url, known_secrets),
            http_status=exchange.http_status,
            error=_words(exchange.error, known_secrets, 300),
            duration_ms=max(0, min(exchange.duration_ms, 2**31 - 1)),
            request=masked(exchange.request, known_secrets),
            answer=masked(exchange.answer, known_secrets),
        )

    async def run(self) -> None:
        """Write what is noted until cancelled; a database that is away is waited for."""
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                await self.turn()
                await asyncio.sleep(_PAUSE_SECONDS)
            except DATABASE_ERRORS as error:
                log.warning("api_errors_not_written", error=type(error).__name__, waiting=self._count)
                self._something.set()
                await asyncio.sleep(_WHEN_AWAY_SECONDS)

    async def turn(self) -> bool:
        """Write what waits now, for a process that works turn by turn. Raises what the database raises; then it waits on."""
        if self.dropped > self._dropped_told:
            log.warning("api_errors_dropped", dropped=self.dropped - self._dropped_told)
            self._dropped_told = self.dropped
        async with self._writing:
            for agent_id in list(self._waiting):
                await self._write_agents(agent_id, self._waiting[agent_id])
                del self._waiting[agent_id]
        return False

    async def _write_agents(self, agent_id: int, waiting: list[ApiErrorRow]) -> None:
        while rows := waiting[:_MOST_AT_ONCE]:
            await self._write_or_drop(agent_id, rows)
            # Only now: what could not be written is tried again, and writing a row twice makes one row.
            del waiting[: len(rows)]
            self._count -= len(rows)

    async def finish(self) -> None:
        """Write what waits, as far as that is possible within seconds."""
        with suppress(*DATABASE_ERRORS):
            async with asyncio.timeout(_LAST_WRITE_SECONDS):
                await self.turn()

    async def _write_or_drop(self, agent_id: int, rows: Sequence[ApiErrorRow]) -> None:
        try:
            await self._write(agent_id, rows)
        except UNSTORABLE as error:
            # Again would end the same, and stand in the way of all others.
            log.error("api_errors_unstorable", agent_id=agent_id, rows=len(rows), error=type(error).__name__)
            self.dropped += len(rows)


class _Allowance:
    """How many of one agent's failures are kept: a burst, then so many a second. Its log must not fill the disk or hide others'."""

    def __init__(self) -> None:
        self._paid_until_ms = -_BURST_MS

    def take(self, now_ms: int) -> bool:
        """Whether one more is kept. Each is paid for with a tenth of a second; debts may grow as large as the burst."""
        paid_until_ms = max(self._paid_until_ms, now_ms) + _EACH_MS
        if paid_until_ms - now_ms > _BURST_MS:
            return False
        self._paid_until_ms = paid_until_ms
        return True


def _words(text: str, known_secrets: Sequence[str], longest: int) -> str:
    return (masked(text.encode("utf-8", "replace"), known_secrets) or "")[:longest]
