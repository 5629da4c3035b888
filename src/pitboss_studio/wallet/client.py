"""Calls the operator's wallet over HTTP. One attempt a call: who may retry, and with what, the round decides.

An exchange ends in an `Answer` (the operator said something we can trust), or in `Unknown` (it may or may not
have acted: timeout, broken connection, any status but 200, a body or hash that does not hold).
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import structlog

from pitboss_studio.wallet import messages
from pitboss_studio.wallet.messages import Answer, BadAnswer, Data

log = structlog.get_logger(__name__)

MAX_ANSWER_BYTES = 1 << 20


@dataclass(frozen=True)
class Unknown:
    """No trustworthy answer; `reason` is for logs."""

    reason: str


class WalletClient:
    """One operator's wallet. Timeouts in seconds: to connect, and for the whole exchange."""

    def __init__(self, url: str, operator_id: str, secret: str, connect_timeout: float, total_timeout: float) -> None:
        self._url = url.rstrip("/")
        self._operator_id = operator_id
        self._secret = secret
        self._total_timeout = total_timeout
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(total_timeout, connect=connect_timeout),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=100),
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"WalletClient({self._url!r})"

    def compose(self, command: str, data: Data) -> bytes:
        """The signed bytes of a command, to be stored before they are sent."""
        return messages.request(command, data, datetime.now(UTC), self._secret)

    async def call(self, command: str, data: Data) -> Answer | Unknown:
        """Compose and send at once: for commands that move no money."""
        return await self.send(command, self.compose(command, data))

    async def send(self, command: str, body: bytes) -> Answer | Unknown:
        """Send stored bytes once, exactly as they are."""
        outcome = await self._exchange(command, body)
        if isinstance(outcome, Unknown):
            log.warning("wallet call without a trustworthy answer", command=command, reason=outcome.reason)
        return outcome

    async def _exchange(self, command: str, body: bytes) -> Answer | Unknown:
        headers = messages.headers(command, self._operator_id, self._secret)
        try:
            async with asyncio.timeout(self._total_timeout):
                response = await self._http.post(f"{self._url}/{command}", content=body, headers=headers)
        except TimeoutError:
            return Unknown("timeout")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Unknown(type(error).__name__)
        if response.status_code != 200:
            return Unknown(f"HTTP {response.status_code}")
        if len(response.content) > MAX_ANSWER_BYTES:
            return Unknown("answer too large")
        try:
            return messages.read_answer(response.content, self._secret)
        except BadAnswer as error:
            return Unknown(str(error))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()
