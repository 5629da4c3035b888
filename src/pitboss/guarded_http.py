"""HTTP out of the hub, to addresses that other people have entered: studios, wallets.

Every name is resolved here, and each address judged before a connection is made to exactly that address, so that a name which
points elsewhere tomorrow gets no further (domain/outbound.py). No redirects, no proxies of the environment, bounded answers.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
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
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=connections,
            max_keepalive_connections=connections // 2,
            keepalive_expiry=keep_idle,
            network_backend=_GuardedNetwork(reach),
        )


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
