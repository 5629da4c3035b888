"""A studio's callback URL that nobody here wrote: real HTTP, its own idea of the signatures, scripted answers."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "callback secret"


@dataclass
class Command:
    """One command as it came; `port` is the caller's."""

    name: str
    headers: dict[str, str]
    body: bytes
    port: int

    @property
    def said(self) -> dict[str, Any]:
        """The body, numbers as their digits."""
        told: dict[str, Any] = json.loads(self.body, parse_float=str)
        return told


@dataclass
class StudioPeer:
    """`answers`: the `data` of an OK by command, as JSON text; `raw`: a whole HTTP answer instead; others are 404."""

    url: str = ""
    secret: str = SECRET
    answers: dict[str, str] = field(default_factory=dict)
    raw: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    before: Callable[[str], object] = lambda name: None
    seen: list[Command] = field(default_factory=list)

    def of(self, name: str) -> list[Command]:
        return [command for command in self.seen if command.name == name]


def sha1(*parts: str) -> str:
    return hashlib.sha1("".join(parts).encode()).hexdigest()


def signed(status: str, data: str, secret: str = SECRET) -> bytes:
    """An answer's bytes."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    envelope = {"status": status, "response_timestamp": stamp, "hash": sha1(status, stamp, secret)}
    text = json.dumps(envelope)[:-1] + f', "data": {data}' + "}"
    return b'{"request": null, "response": ' + text.encode() + b"}"


def answer_of(peer: StudioPeer, name: str) -> tuple[int, dict[str, str], bytes]:
    if name in peer.raw:
        return peer.raw[name]
    if name in peer.errors:
        return 200, {}, signed("ERROR", json.dumps({"error_code": peer.errors[name]}), peer.secret)
    if name in peer.answers:
        return 200, {}, signed("OK", peer.answers[name], peer.secret)
    return 404, {}, b"Not found"


@contextmanager
def studio_peer(secret: str = SECRET) -> Iterator[StudioPeer]:
    """Served on a free port for as long as the block runs."""
    peer = StudioPeer(secret=secret)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            name = self.path.rsplit("/", 1)[1]
            peer.seen.append(
                Command(name, {k.lower(): v for k, v in self.headers.items()}, body, self.client_address[1])
            )
            peer.before(name)
            status, headers, content = answer_of(peer, name)
            self.send_response(status)
            for header, value in headers.items():
                self.send_header(header, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            return

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}/callback"
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
