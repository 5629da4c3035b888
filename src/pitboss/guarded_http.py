"""HTTP out of the hub, to addresses that other people have entered: studios, wallets.

Every name is resolved here, and each address judged before a connection is made to exactly that address, so that a name which
points elsewhere tomorrow gets no further (domain/outbound.py). No redirects, no proxies of the environment, bounded answers.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import NamedTuple

import httpcore
import httpx

from pitboss.domain.outbound import Reach, address_problem

CONNECT_TIMEOUT = 2.0
TOTAL_TIMEOUT = 10.0
_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class Answer(NamedTuple):
    """What a peer said; the headers' names in any case."""

    status: int
    headers: httpx.Headers
    body: bytes


class AnswerTooLarge(httpx.HTTPError):
    """More came than was allowed for; the rest was not read."""


def guarded_client(
    reach: Reach,
    *,
    connect_timeout: float = CONNECT_TIMEOUT,
    timeout: float = TOTAL_TIMEOUT,
    connections: int = 100,
    keep_idle: float = 30.0,
) -> httpx.AsyncClient:
    """A client that keeps up to half of its connections for the next call, idle ones for `keep_idle`; times in seconds. It takes no
    cookies. What may not be called is a ConnectError."""
    client = httpx.AsyncClient(
        transport=_GuardedTransport(reach, connections, keep_idle),
        timeout=httpx.Timeout(timeout, connect=connect_timeout),
        follow_redirects=False,
        trust_env=False,
    )
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


async def post(
    client: httpx.AsyncClient,
    url: str,
    content: bytes,
    headers: dict[str, str],
    *,
    most: int,
    within: float = TOTAL_TIMEOUT,
) -> tuple[int, bytes]:
    """(status, body) of one POST, all of it within `within` seconds; the body has at most `most` bytes.

    Raises httpx.HTTPError, httpx.InvalidURL, OSError or TimeoutError; then the peer may or may not have acted.
    """
    return await exchange(client, "POST", url, content, headers, most=most, within=within)


async def exchange(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    content: bytes | None,
    headers: dict[str, str],
    *,
    most: int,
    within: float,
    connect_within: float | None = None,
) -> tuple[int, bytes]:
    """The same with any method; `connect_within` seconds for the connection, where it is not the client's time."""
    answer = await whole_exchange(
        client, method, url, content, headers, most=most, within=within, connect_within=connect_within
    )
    return answer.status, answer.body


async def whole_exchange(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    content: bytes | None,
    headers: dict[str, str],
    *,
    most: int,
    within: float,
    connect_within: float | None = None,
) -> Answer:
    """The same with the answer's headers."""
    timeout = client.timeout if connect_within is None else httpx.Timeout(within, connect=connect_within)
    request = client.stream(method, url, content=content, headers=headers, timeout=timeout)
    async with asyncio.timeout(within), request as response:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > most:
                raise AnswerTooLarge("the answer is too large")
        return Answer(response.status_code, response.headers, bytes(body))


class _GuardedTransport(httpx.AsyncHTTPTransport):
    def __init__(self, reach: Reach, connections: int, keep_idle: float) -> None:
        super().__init__(verify=_trusted(), trust_env=False)
        # All that the base asks of it is to carry a request and to be closed.
        self._pool = _Connections(reach, connections, keep_idle)  # type: ignore[assignment]


class _Connections:
    """Connections by where they lead, the one used last first. httpcore's own pool looks at every connection for every request,
    which at 64 at once costs more than all the rest of a call."""

    def __init__(self, reach: Reach, most: int, keep_idle: float) -> None:
        self._network = _GuardedNetwork(reach)
        self._places = asyncio.Semaphore(most)
        self._most_idle = most // 2
        self._keep_idle = keep_idle
        self._idle: dict[tuple[bytes, bytes, int], list[httpcore.AsyncHTTPConnection]] = {}
        self._busy: set[httpcore.AsyncHTTPConnection] = set()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Carry one request; its connection is free again once the answer is closed."""
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                await self._places.acquire()
        except TimeoutError:
            raise httpcore.PoolTimeout("no connection came free in time") from None
        origin = request.url.origin
        idle = self._idle.setdefault((origin.scheme, origin.host, origin.port), [])
        try:
            connection = await self._connection(origin, idle)
        except BaseException:
            self._places.release()
            raise
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await self._put_back(connection, idle, broken=True)
            raise
        return httpcore.Response(
            response.status,
            headers=response.headers,
            content=_Body(response, lambda: self._put_back(connection, idle)),
            extensions=response.extensions,
        )

    async def _connection(
        self, origin: httpcore.Origin, idle: list[httpcore.AsyncHTTPConnection]
    ) -> httpcore.AsyncHTTPConnection:
        while idle:
            connection = idle.pop()
            if not connection.has_expired():
                break
            await connection.aclose()
        else:
            connection = httpcore.AsyncHTTPConnection(
                origin, ssl_context=_trusted(), keepalive_expiry=self._keep_idle, network_backend=self._network
            )
        self._busy.add(connection)
        return connection

    async def _put_back(
        self,
        connection: httpcore.AsyncHTTPConnection,
        idle: list[httpcore.AsyncHTTPConnection],
        *,
        broken: bool = False,
    ) -> None:
        if connection not in self._busy:
            return
        self._busy.discard(connection)
        self._places.release()
        if not broken and connection.is_idle() and len(idle) < self._most_idle:
            idle.append(connection)
        else:
            await connection.aclose()
        # The oldest are the first to have waited too long.
        while idle and idle[0] is not connection and idle[0].has_expired():
            await idle.pop(0).aclose()

    async def aclose(self) -> None:
        """Hang up on everybody."""
        for connection in [*self._busy, *(one for idle in self._idle.values() for one in idle)]:
            await connection.aclose()
        self._idle.clear()


class _Body:
    """An answer's body that, once closed, gives its connection back."""

    def __init__(self, response: httpcore.Response, closed: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._closed = closed

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_stream()

    async def aclose(self) -> None:
        """Called by whoever reads it, also when it was not read to its end."""
        try:
            await self._response.aclose()
        finally:
            await self._closed()


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes a while, and every client believes the same."""
    return httpx.create_ssl_context(trust_env=False)


class _GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were judged, never to a name."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first allowed address of `host` that takes it."""
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout("no connection in time") from None

    async def _connect(
        self, host: str, port: int, local_address: str | None, socket_options: Iterable[_SocketOption] | None
    ) -> httpcore.AsyncNetworkStream:
        reach = self._reach if _is_no_name(host) else self._reach._replace(loopback=self._reach.private)
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in await _resolve(host, port):
            problem = address_problem(ip_address(address.partition("%")[0]), reach)
            if problem is not None:
                failure = httpcore.ConnectError(problem)
                continue
            try:
                return await self._network.connect_tcp(address, port, None, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: an address is a host."""
        raise httpcore.ConnectError("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """For the pool's own retries, which are off."""
        await asyncio.sleep(seconds)


def _is_no_name(host: str) -> bool:
    """Whether it says by itself where it leads: an address, or this machine. Who entered it meant it; a name's owner may not."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError("the name cannot be resolved") from None
    return list(dict.fromkeys(str(item[4][0]) for item in found))
