"""A studio's callback URL that nobody here wrote: real HTTP, its own idea of the signatures, scripted answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from signed_http import Asked, envelope, response

SECRET = "callback secret"


@dataclass
class StudioPeer:
    """`answers`: the `data` of an OK by command, as JSON text; `raw`: a whole HTTP answer instead; others are 404."""

    url: str = ""
    secret: str = SECRET
    answers: dict[str, str] = field(default_factory=dict)
    raw: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    before: Callable[[str], object] = lambda name: None
    seen: list[Asked] = field(default_factory=list)

    def of(self, command: str) -> list[Asked]:
        return [asked for asked in self.seen if asked.command == command]


def signed(status: str, data: str, secret: str = SECRET) -> bytes:
    """An answer whatever is asked; `data` is JSON."""
    return b'{"request":null,' + response(data, status, secret) + b"}"


def answer_of(peer: StudioPeer, asked: Asked) -> tuple[int, dict[str, str], bytes]:
    command = asked.command
    if command in peer.raw:
        return peer.raw[command]
    if command in peer.errors:
        return 200, {}, envelope(asked, json.dumps({"error_code": peer.errors[command]}), "ERROR")
    if command in peer.answers:
        return 200, {}, envelope(asked, peer.answers[command])
    return 404, {}, b"Not found"


@contextmanager
def studio_peer(secret: str = SECRET) -> Iterator[StudioPeer]:
    """Served on a free port for as long as the block runs."""
    peer = StudioPeer(secret=secret)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked("POST", self.path, headers, body, self.client_address[1], peer.secret)
            peer.seen.append(asked)
            peer.before(asked.command)
            status, told, content = answer_of(peer, asked)
            self.send_response(status)
            for header, value in told.items():
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
