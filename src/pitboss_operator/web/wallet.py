"""The wallet's endpoints: POST {base}/{command} and GET {base}/ping."""

import asyncio

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State

from pitboss_operator.operator import Operator
from pitboss_operator.protocol.requests import READERS
from pitboss_operator.server import transport_of
from pitboss_operator.web.exchange import Reply, exchange

AnyRequest = Request[object, object, State]
_JSON = "application/json; charset=utf-8"


def wallet_router(base_path: str) -> Router:
    """The endpoints under a path of the operator's choice."""
    return Router(path=base_path or "/", route_handlers=[ping, command_endpoint])


@get("/ping", media_type="text/plain")
async def ping(request: AnyRequest, state: State) -> Response[bytes]:
    """Is anybody there? No headers needed."""
    operator: Operator = state.operator
    fault = operator.switchboard.take("ping", None, None)
    if fault is not None:
        return await _send(request, state, Reply(fault.status, fault.body.encode()))
    return Response(b"PONG", status_code=operator.rules.ping_status, media_type="text/plain")


@post("/{command:str}", status_code=200)
async def command_endpoint(command: str, request: AnyRequest, state: State) -> Response[bytes]:
    """One signed command: 404 where there is none, 403 without the right headers, else 200 with OK or ERROR."""
    operator: Operator = state.operator
    if command not in READERS:
        return Response(b"Not found", status_code=404, media_type="text/plain")
    signature = request.headers.get("X-Authorization", "")
    # The older name is still sent by some platforms.
    operator_id = request.headers.get("X-Operator-Id") or request.headers.get("X-TT-Operator-Id") or ""
    if not operator.admits(command, signature, operator_id):
        return Response(b"Access denied", status_code=403, media_type="text/plain")
    return await _send(request, state, await exchange(operator, command, await request.body()))


async def _send(request: AnyRequest, state: State, reply: Reply) -> Response[bytes]:
    if reply.status is None:
        if reply.hold:
            await _hold(request, state)
        transport_of(request.scope).abort()
        return Response(b"")
    if reply.twice:
        transport = transport_of(request.scope)
        head = f"HTTP/1.1 {reply.status} OK\r\nContent-Type: {_JSON}\r\nContent-Length: {len(reply.body)}\r\n\r\n"
        transport.write((head.encode() + reply.body) * 2)
        transport.close()
        return Response(b"")
    headers = {"Location": reply.location} if reply.location else {}
    return Response(reply.body, status_code=reply.status, media_type=_JSON, headers=headers)


async def _hold(request: AnyRequest, state: State) -> None:
    """Say nothing until the caller hangs up or the operator stops."""
    stopping: asyncio.Event = state.stopping
    gone = asyncio.ensure_future(_gone(request))
    ended = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
    for task in (gone, ended):
        task.cancel()


async def _gone(request: AnyRequest) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
