"""A consumer of the event API as somebody outside writes one: keeps what it accepts, answers as it is told to."""

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn

Item = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
Judge = Callable[[list[Item]], Answer | None]
"""What to say to a batch; None: accept it."""


def said(status: int, body: object = None, **headers: str) -> Answer:
    content = b"" if body is None else json.dumps(body).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, content


@dataclass
class Batch:
    """One that arrived, accepted or not."""

    items: list[Item]
    packed: bool
    status: int

    @property
    def ids(self) -> list[str]:
        return [item["data"]["unique_id"] for item in self.items]


@dataclass
class ScriptedConsumer:
    """`script` has the next answers; when it is empty `judge` decides."""

    key: str = "consumer-key-0123456789"
    script: list[Answer] = field(default_factory=list)
    judge: Judge = lambda items: None
    slow: Callable[[list[Item]], bool] = lambda items: False
    reads_packed: bool = True
    batches: list[Batch] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/events"

    @property
    def accepted(self) -> list[str]:
        """unique_ids in the order they were accepted, repeats too."""
        return [unique_id for batch in self.batches if batch.status == 204 for unique_id in batch.ids]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, extra, content = await self._answer(headers, body)
        told = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, headers: dict[str, str], body: bytes) -> Answer:
        assert headers["content-type"] == "application/json"
        packed = headers.get("content-encoding") == "gzip"
        items = json.loads(gzip.decompress(body) if packed else body)["items"]
        answer = self._verdict(headers, items, packed)
        if self.slow(items):
            await asyncio.sleep(3600)
        self.batches.append(Batch(items, packed, answer[0]))
        return answer

    def _verdict(self, headers: dict[str, str], items: list[Item], packed: bool) -> Answer:
        if headers.get("x-api-key") != self.key:
            return said(403)
        if packed and not self.reads_packed:
            return said(415)
        if self.script:
            return self.script.pop(0)
        return self.judge(items) or said(204)


async def serving(consumer: ScriptedConsumer) -> tuple[uvicorn.Server, "asyncio.Task[None]"]:
    """On a free port, until `should_exit` is set and the task ends."""
    config = uvicorn.Config(
        consumer, host="127.0.0.1", port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
    consumer.port = server.servers[0].sockets[0].getsockname()[1]
    return server, task
