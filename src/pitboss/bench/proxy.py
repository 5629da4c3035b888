"""What P3 is measured against: a bare reverse proxy of the same make as the hub, with no database and no judgement.

Raw ASGI on uvicorn and the hub's own HTTP client. A process of its own: the upstream's address on stdin, its port on stdout.
"""

import sys
from typing import Any

import uvicorn

from pitboss import event_loop
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.guarded_http import guarded_client, post
from pitboss.processes import listen

_MOST = 1 << 20
_CONNECTIONS = 1_000


class Proxy:
    """ASGI: the same request to the upstream, its answer back."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._client = guarded_client(EVERYWHERE_INSIDE, connections=_CONNECTIONS)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"] if name.startswith(b"x-")}
        url = f"{self._upstream}/{scope['path'].rpartition('/')[2]}"
        status, said = await post(self._client, url, body, headers, most=_MOST)
        length = b"%d" % len(said)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": said})


async def _serve() -> None:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        Proxy(sys.stdin.readline().strip()), lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=False, date_header=False, timeout_keep_alive=75,
    )  # fmt: skip
    print(listener.getsockname()[1], flush=True)
    await uvicorn.Server(config).serve(sockets=[listener])


def main() -> None:
    """Entry point of the process."""
    event_loop.run(_serve())


if __name__ == "__main__":
    main()
