"""One signed command to a studio's callback URL, and what came of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx
import structlog
from msgspec import Raw

from pitboss.domain.catalogue import Provider
from pitboss.domain.outbound import Reach, url_problem
from pitboss.guarded_http import TOTAL_TIMEOUT, guarded_client, post
from pitboss.providers.connector import Done, Failed, NotOffered
from pitboss.wire import studio
from pitboss.wire.wallet import OpCode

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class StudioClient:
    """Calls any studio; connections are kept and shared. One a process, closed at its end."""

    def __init__(self, reach: Reach, clock: Callable[[], datetime] = _utc_now, timeout: float = TOTAL_TIMEOUT) -> None:
        self._reach = reach
        self._clock = clock
        self._timeout = timeout
        self._http = guarded_client(reach, timeout=timeout)

    async def call(
        self, provider: Provider, command: str, data: Mapping[str, object], most: int = studio.MAX_ANSWER
    ) -> Done[Raw] | NotOffered | Failed:
        """The verified `data` of the studio's OK; `most` bytes of answer are read."""
        if provider.callback_url is None:
            return NotOffered()
        problem = url_problem(provider.callback_url, self._reach)
        if problem is not None:
            return self._failed(provider, command, f"the callback URL {problem}")
        stamp = self._clock().strftime("%Y-%m-%d %H:%M:%S")
        body = studio.compose(command, data, stamp, provider.secret)
        headers = studio.headers(command, provider.operator_id, provider.secret)
        url = f"{provider.callback_url.rstrip('/')}/{command}"
        try:
            status, answer = await post(self._http, url, body, headers, most=most, within=self._timeout)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, TimeoutError) as error:
            return self._failed(provider, command, type(error).__name__)
        if status == 404:
            return NotOffered()
        if status != 200:
            return self._failed(provider, command, f"HTTP {status}")
        try:
            return Done(studio.read_answer(answer, provider.secret))
        except studio.StudioError as refusal:
            if refusal.code == OpCode.INTERNAL:
                return NotOffered()
            return self._failed(provider, command, f"the studio answered {refusal.code}", refusal.code)
        except studio.BadAnswer as error:
            return self._failed(provider, command, f"the answer {error}")

    def _failed(self, provider: Provider, command: str, reason: str, refusal: str | None = None) -> Failed:
        log.warning("studio_call_failed", provider=provider.code, command=command, reason=reason)
        return Failed(reason, refusal)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()
