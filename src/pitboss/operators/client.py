"""One signed question to a seamless operator's wallet, and what came of it (the contract, "The hub as platform")."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

import httpx
import structlog

from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.outbound import Reach, url_problem
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown, NotSent, OperatorAnswer, OperatorCall
from pitboss.engine.error_log import ErrorLog, Exchange
from pitboss.guarded_http import AnswerTooLarge, exchange
from pitboss.operators.breaker import FAILURES_TO_OPEN, Breaker, State, Trial
from pitboss.operators.line import Full, Line
from pitboss.operators.verdicts import is_verdict
from pitboss.settings import Settings
from pitboss.wire import operator as wire

log = structlog.get_logger()

AgentOf = Callable[[int], Awaitable[Agent | None]]
_BROKEN: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, TimeoutError, ValueError)
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.ConnectError, "no connection"),
    (AnswerTooLarge, "the answer is too large"),
    (TimeoutError, "no answer in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.RemoteProtocolError, "the connection ended without a whole answer"),
    (httpx.NetworkError, "the connection broke"),
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _Attempt(NamedTuple):
    """What went out and what came back, for the error log. `body` is None for a ping, or when nothing was sent."""

    answer: OperatorAnswer
    url: str
    body: bytes | None = None
    status: int | None = None
    said: bytes | None = None


class WalletClient:
    """OperatorWallets over HTTP. Connections are kept, an operator's apart from all others'. One a process, closed at its end.

    `clock` gives UTC, `monotonic` seconds that never go back.
    """

    def __init__(
        self,
        reach: Reach,
        agent_of: AgentOf,
        errors: ErrorLog | None = None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        failures_to_open: int = FAILURES_TO_OPEN,
    ) -> None:
        self._reach = reach
        self._agent_of = agent_of
        self._errors = errors
        self._clock = clock
        self._monotonic = monotonic
        self._failures_to_open = failures_to_open
        self._lines: dict[int, Line] = {}
        self._on_close: list[Callable[[int], None]] = []

    async def ask(self, call: OperatorCall) -> OperatorAnswer:
        """One attempt, bounded by the agent's total timeout. Never raises for what an operator or the network does."""
        began = self._monotonic()
        agent = await self._agent_of(call.agent_id)
        if agent is None or agent.type is not AgentType.SEAMLESS or agent.wallet_url is None:
            return NotSent("the agent has no wallet")
        attempt = await self._attempt(call, agent, agent.wallet_url.rstrip("/"), began)
        self._tell(call, agent, attempt, began)
        return attempt.answer

    def when_closed(self, callback: Callable[[int], None]) -> None:
        """`callback` gets an agent's id whenever its breaker, in this process, closes: what waits for it is due."""
        self._on_close.append(callback)

    def states(self) -> Mapping[int, State]:
        """How the breakers of this process stand, by agent; those never called are left out."""
        return {agent_id: line.breaker.state for agent_id, line in self._lines.items()}

    async def close(self) -> None:
        """Let go of the connections."""
        for line in self._lines.values():
            await line.http.aclose()

    async def _attempt(self, call: OperatorCall, agent: Agent, address: str, began: float) -> _Attempt:
        url, line, terms = f"{address}/{call.command}", self._line(agent.id), agent.wallet_terms
        problem = url_problem(url, self._reach)
        if problem is not None:
            return _Attempt(NotSent(f"the wallet URL {problem}"), url)
        if call.command != "ping" and not line.breaker.lets_out():
            return _Attempt(NotSent("the breaker is open"), url)
        try:
            async with line.place(terms.concurrency, terms.connect_timeout_ms / 1000):
                left_seconds = terms.timeout_ms / 1000 - (self._monotonic() - began)
                if left_seconds <= 0:
                    raise Full
                if call.command == "ping":
                    return await self._ping(agent, line, url, left_seconds)
                # It may have opened while this call waited for its place.
                trial = line.breaker.let_out()
                if trial is None:
                    return _Attempt(NotSent("the breaker is open"), url)
                return await self._tried(call, agent, line, trial, url, left_seconds)
        except Full:
            return _Attempt(NotSent("too many calls are under way"), url)

    async def _tried(
        self, call: OperatorCall, agent: Agent, line: Line, trial: Trial, url: str, left_seconds: float
    ) -> _Attempt:
        answer: OperatorAnswer | None = None
        try:
            attempt = await self._exchange(call, agent, line, url, left_seconds)
            answer = attempt.answer
            return attempt
        finally:
            if answer is None:
                line.breaker.abandoned(trial)
            elif isinstance(answer, NotKnown):
                was_open = line.breaker.state is not State.CLOSED
                line.breaker.failed(trial)
                if not was_open and line.breaker.state is not State.CLOSED:
                    log.warning("operator_breaker_opened", agent_id=agent.id)
            else:
                line.breaker.answered(trial)

    async def _exchange(self, call: OperatorCall, agent: Agent, line: Line, url: str, left_seconds: float) -> _Attempt:
        stamp = self._clock().strftime(wire.TIMESTAMP)
        body = wire.compose(call.command, call.data, stamp, agent.secret)
        headers = wire.headers(call.command, agent.operator_id, agent.secret)
        try:
            status, said = await _send(line, "POST", url, body, headers, agent, left_seconds)
        except _BROKEN as error:
            return _Attempt(NotKnown(_reason(error)), url, body)
        if status != 200:
            return _Attempt(NotKnown(f"HTTP {status}", status), url, body, status, said)
        try:
            heard = wire.read_answer(said, agent.secret)
        except wire.BadAnswer as bad:
            return _Attempt(NotKnown(f"the answer {bad}"), url, body, status, said)
        if agent.wallet_terms.echo:
            _look_at_echo(call, line, body, said, heard)
        answer = Agreed(heard.data) if heard.code is None else Declined(heard.code, heard.message)
        return _Attempt(answer, url, body, status, said)

    async def _ping(self, agent: Agent, line: Line, url: str, left_seconds: float) -> _Attempt:
        """Unsigned, so it says nothing to the breaker, and goes out whatever the breaker says."""
        try:
            headers = {"User-Agent": "pitboss", "Accept-Encoding": "identity"}
            status, said = await _send(line, "GET", url, None, headers, agent, left_seconds)
        except _BROKEN as error:
            return _Attempt(NotKnown(_reason(error)), url)
        return _Attempt(Agreed({}) if status == 200 else NotKnown(f"HTTP {status}"), url, None, status, said)

    def _line(self, agent_id: int) -> Line:
        line = self._lines.get(agent_id)
        if line is None:

            def closed() -> None:
                log.info("operator_breaker_closed", agent_id=agent_id)
                for callback in self._on_close:
                    callback(agent_id)

            line = self._lines[agent_id] = Line(self._reach, Breaker(self._monotonic, closed, self._failures_to_open))
        return line

    def _tell(self, call: OperatorCall, agent: Agent, attempt: _Attempt, began: float) -> None:
        """A failure of the exchange goes to the error log, and its name to the process's."""
        answer = attempt.answer
        if isinstance(answer, Agreed) or (isinstance(answer, Declined) and is_verdict(call, answer.code)):
            return
        error = answer.code if isinstance(answer, Declined) else answer.why
        duration_ms = round((self._monotonic() - began) * 1000)
        # With the breaker open there may be thousands a second of these, and all that is to be said was said when it opened.
        tell = log.debug if isinstance(answer, NotSent) else log.warning
        tell(
            "operator_call_failed", agent_id=agent.id, command=call.command, reference=call.reference, error=error,
            kind=type(answer).__name__, duration_ms=duration_ms,
        )  # fmt: skip
        if self._errors is not None:
            failed = Exchange(
                "out", "wallet", call.command, call.reference, attempt.url, attempt.status, error, duration_ms,
                attempt.body, attempt.said,
            )  # fmt: skip
            self._errors.note(agent.id, failed, agent.secret)


async def _send(
    line: Line, method: str, url: str, body: bytes | None, headers: dict[str, str], agent: Agent, left_seconds: float
) -> tuple[int, bytes]:
    connect_within = agent.wallet_terms.connect_timeout_ms / 1000
    return await exchange(
        line.http, method, url, body, headers, most=wire.MAX_ANSWER, within=left_seconds, connect_within=connect_within
    )


def _reason(error: Exception) -> str:
    return next((words for kind, words in _REASONS if isinstance(error, kind)), type(error).__name__)


def _look_at_echo(call: OperatorCall, line: Line, body: bytes, said: bytes, heard: wire.Said) -> None:
    """Only told, and each thing once: many wallets do not echo, or not exactly, and are right all the same."""
    if wire.echoes(body, said, heard.echo):
        return
    what = "operator_echo_missing" if heard.echo is None else "operator_echo_differs"
    if (what, call.command) not in line.told:
        line.told.add((what, call.command))
        log.warning(what, agent_id=call.agent_id, command=call.command, reference=call.reference)


@asynccontextmanager
async def open_wallets(settings: Settings, agent_of: AgentOf, errors: ErrorLog) -> AsyncIterator[WalletClient]:
    """The client of one process, closed at the end."""
    # The addresses were judged when a person entered them; this is against names that point elsewhere since.
    client = WalletClient(Reach(private=settings.allow_private_urls, loopback=True), agent_of, errors)
    try:
        yield client
    finally:
        await client.close()
