"""Two hubs as real processes, and between them a door that can be shut, slow, or say what it likes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from pitboss.bench.programs import free_port
from running_sandbox import Studio, wait_until

GAMES = [
    {"gameId": 12, "name": "Comet Run", "category": "slot"},
    {"gameId": 13, "name": "Quiet Table", "category": "table"},
]


class HubProcesses:
    """One hub over its own database: `pitboss serve` on a fixed port, and workers, each killed and started as one likes."""

    def __init__(self, name: str, database_url: str, folder: Path) -> None:
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._log = (folder / f"{name}.log").open("ab")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PITBOSS_")}
        self._environment = kept | {
            "PITBOSS_DATABASE_URL": database_url,
            "PITBOSS_PUBLIC_URL": self.url,
            "PITBOSS_MASTER_KEY_FILE": str(folder / f"{name}.key"),
        }
        self.server: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def cli(self, *arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pitboss", *arguments], env=self._environment, capture_output=True, text=True, timeout=120,
            input=stdin,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def told(self, *arguments: str) -> Any:
        return json.loads(self.cli(*arguments, "--json"))

    def start(self) -> None:
        """Serve, and wait until it answers."""
        self.server = self._run("serve", "--port", str(self.port))
        wait_until(lambda: httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200, 60)

    def add_worker(self) -> None:
        self.workers.append(self._run("worker"))

    def kill(self) -> None:
        """kill -9 of what serves."""
        assert self.server is not None
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def kill_worker(self) -> None:
        worker = self.workers.pop(0)
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    def stop(self) -> None:
        for process in [*self.workers, *([self.server] if self.server else [])]:
            if process.poll() is None:
                process.terminate()
        for process in [*self.workers, *([self.server] if self.server else [])]:
            process.wait(60)
        self._log.close()

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "pitboss", *arguments], env=self._environment, stdout=self._log, stderr=self._log
        )


class Door:
    """What the feed calls: passes on to the consuming hub, or does what `mode` says. Runs in a thread of its own.

    `pass`; `500`, `510`: says so; `lost`: passes on and loses the answer; `slow`: passes on after a second; `down`: nobody listens.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.port = free_port()
        self.mode = "pass"
        self.seen: dict[str, int] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/events"

    def set(self, mode: str) -> None:
        """From now on."""
        if (mode == "down") != (self._server is None):
            if mode == "down":
                self.close()
            else:
                self.open()
        self.mode = mode

    def open(self) -> None:
        config = uvicorn.Config(
            self, host="127.0.0.1", port=self.port, lifespan="off", log_config=None, timeout_graceful_shutdown=0
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        self._server, self._thread = server, thread

    def close(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(30)
        self._server = self._thread = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        mode = self.mode
        self.seen[mode] = self.seen.get(mode, 0) + 1
        status = int(mode) if mode.isdigit() else await self._pass_on(mode, scope, body)
        content = b'{"unique_ids":[]}' if status == 510 else b""
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": content})

    async def _pass_on(self, mode: str, scope: Any, body: bytes) -> int:
        if mode == "slow":
            await asyncio.sleep(1)
        kept = (b"x-api-key", b"content-type", b"content-encoding")
        headers = [(name, value) for name, value in scope["headers"] if name in kept]
        try:
            async with httpx.AsyncClient(timeout=20) as client:
                answer = await client.post(f"{self.target}/api/v1/events", content=body, headers=headers)
        except httpx.HTTPError:
            return 502
        if mode == "lost":
            return 504
        return answer.status_code


class Play:
    """People at play in one hub: the agent's calls and the studio's, each repeated under its own id until it is answered."""

    def __init__(self, hub: HubProcesses, agent: dict[str, Any], provider: dict[str, Any]) -> None:
        self._hub = hub
        self._agent = agent
        self._studio = Studio(f"{hub.url}/wallet", provider["operator_id"], provider["secret_key"])
        self._tokens: dict[str, dict[str, str]] = {}
        self._number = 1_000

    def call(self, operation: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self._agent['external_api_key']}"}
        answer = httpx.post(f"{self._hub.url}/external/v1.6/{operation}", json=body, headers=headers, timeout=20)
        told = answer.json()
        assert told["ok"], told
        return told["result"]

    def enter(self, username: str, game_id: str) -> None:
        self.call("createPlayer", {"username": username, "country": "DE"})
        money = {"username": username, "currency": "EUR"}
        self.call("deposit", money | {"amount": "500", "requestId": f"d-{username}"})
        self.call("withdraw", money | {"amount": "12.34", "requestId": f"w-{username}"})
        launch = {"isMobile": False, "gameId": game_id, "lang": "en", "playerIp": "127.0.0.1"}
        url = self.call("launchGame", money | launch)["url"]
        self._tokens[username] = dict(httpx.URL(url).params)

    def rounds(self, count: int) -> None:
        """So many rounds of every player: some lost, some won, some given back in part, some cancelled."""
        for _ in range(count):
            for username in self._tokens:
                self._round(username)

    def _round(self, username: str) -> None:
        token = self._tokens[username]
        self._number += 10
        number = self._number
        player = f"{token['token']}"
        user_id = self._user_id(username)
        change = {
            "token": player, "user_id": user_id, "round_id": number, "round_finished": None, "game_id": int(token["game_id"]),
            "currency_code": "EUR", "transaction_timestamp": "2026-01-01 00:00:00", "context": {"reason": "SPIN"},
        }  # fmt: skip
        self._sure(change | {"transaction_type": "BET", "transaction_id": number, "amount": 1.5})
        kind = number // 10 % 5
        if kind == 0:
            self._sure(change | {"transaction_type": "REFUND", "transaction_id": number + 1, "amount": 0.5})
        elif kind == 1:
            self._cancel(change, number)
        else:
            paid = (0, 2.25, 1)[kind - 2]
            self._sure(change | {"transaction_type": "WIN", "transaction_id": number + 2, "amount": paid})

    def _user_id(self, username: str) -> str:
        token = self._tokens[username]
        if "user_id" not in token:
            told = self._studio.send("authenticate", {"token": token["token"]})
            token["user_id"] = told["data"]["user_id"]
        return token["user_id"]

    def _sure(self, data: dict[str, Any]) -> None:
        assert self._until_answered("changebalance", data)["status"] == "OK"

    def _cancel(self, change: dict[str, Any], number: int) -> None:
        data = change | {"transaction_id": number}
        assert self._until_answered("cancel", data)["data"]["transaction_status"] == "CANCELED"

    def _until_answered(self, command: str, data: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while True:
            try:
                return self._studio.send(command, data)
            except httpx.HTTPError:
                assert time.monotonic() < deadline
                time.sleep(0.1)


@contextmanager
def hub_processes(name: str, database_url: str, folder: Path) -> Iterator[HubProcesses]:
    hub = HubProcesses(name, database_url, folder)
    try:
        yield hub
    finally:
        hub.stop()
