"""A sandbox as a person runs it: a real process, its credentials file, and calls to it from outside."""

import asyncio
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx

START_SECONDS = 90


class RunningSandbox:
    """`credentials` is what its file says."""

    def __init__(self, process: subprocess.Popen[str], base_url: str, file: Path, log: Path) -> None:
        self.process = process
        self.base_url = base_url
        self.file = file
        self.log = log
        self.credentials: dict[str, Any] = json.loads(file.read_text())
        self.http = httpx.Client(base_url=base_url, timeout=20)

    @property
    def database_url(self) -> str:
        return str(self.credentials["database_url"])

    @property
    def agent(self) -> dict[str, Any]:
        """The first agent: transfer, with EUR, IDR and THB."""
        agent: dict[str, Any] = self.credentials["agents"][0]
        return agent

    def call(self, operation: str, body: dict[str, Any], agent: int = 0, version: str = "v1.6") -> dict[str, Any]:
        """An agent API call; its whole answer."""
        key = self.credentials["agents"][agent]["external_api_key"]
        answer = self.http.post(
            f"/external/{version}/{operation}", json=body, headers={"Authorization": f"Bearer {key}"}
        )
        told: dict[str, Any] = answer.json()
        return told

    def result(self, operation: str, body: dict[str, Any], agent: int = 0) -> Any:
        """The result of a call that must succeed."""
        told = self.call(operation, body, agent)
        assert told["ok"], told
        return told["result"]

    def balance(self, username: str, currency: str = "EUR") -> str:
        return str(self.result("getPlayerBalance", {"username": username, "currency": currency})["balance"])

    def launch(self, username: str, currency: str, game_id: str) -> dict[str, str]:
        """The query of the launch URL, and the URL itself under `url`."""
        body = {
            "username": username, "isMobile": False, "gameId": game_id, "lang": "en", "currency": currency,
            "playerIp": "127.0.0.1",
        }  # fmt: skip
        url = self.result("launchGame", body)["url"]
        return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | {"url": url}

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`pitboss …` against this sandbox's database."""
        environment = os.environ | {"PITBOSS_DATABASE_URL": self.database_url}
        return subprocess.run(
            [sys.executable, "-m", "pitboss", *arguments], env=environment, capture_output=True, text=True, timeout=60
        )

    def fetch(self, query: str, *values: object) -> list[asyncpg.Record]:
        """Rows of the sandbox's database, as the owner; from a thread, since a browser test has an event loop already."""

        async def run() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.database_url)
            try:
                return await connection.fetch(query, *values)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, run()).result()

    def children(self) -> dict[str, int]:
        """Process ids of its programs by what they run: serve, worker, studio, postgres."""
        found: dict[str, int] = {}
        for line in subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout.splitlines():
            pid, parent, *words = line.split()
            for name, mark in (
                ("serve", "pitboss serve"),
                ("worker", "pitboss worker"),
                ("studio", "pitboss_studio run"),
                ("backoffice", "pitboss backoffice"),
            ):
                if parent == str(self.process.pid) and mark in " ".join(words):
                    found[name] = int(pid)
        data_dir = self.file.parent / "data"
        found["postgres"] = int((data_dir / "postgres" / "pgdata" / "postmaster.pid").read_text().split()[0])
        return found

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        self.http.close()
        self.process.send_signal(how)
        return self.process.wait(60)


@contextmanager
def running_sandbox(
    folder: Path, *arguments: str, simulate: bool = False, backoffice: bool = False
) -> Iterator[RunningSandbox]:
    """Start one with its data in `folder`/data on a free port, with `simulate`: players, with `backoffice`: its pages; stopped at
    the end if it still runs."""
    folder.mkdir(parents=True, exist_ok=True)
    file, log = folder / "credentials.json", folder / "sandbox.log"
    command = [sys.executable, "-m", "pitboss", "sandbox", "--data-dir", str(folder / "data"), "--port", "0"]
    without = [*([] if simulate else ["--no-simulate"]), *([] if backoffice else ["--no-backoffice"])]
    with log.open("a") as stderr:
        process = subprocess.Popen(
            [*command, "--credentials", str(file), *without, *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), log.read_text()[-3000:]
        sandbox = RunningSandbox(process, line.split()[1], file, log)
        yield sandbox
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def wait_until(happened: Any, seconds: float = 30, every: float = 0.05) -> Any:
    """What `happened()` returns once it is true; fails after `seconds`. Exceptions of a server that is away count as not yet."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            value = happened()
        except (httpx.HTTPError, ProcessLookupError, FileNotFoundError, KeyError):
            value = None
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"did not happen within {seconds} s: {happened}")


class Studio:
    """A studio nobody here wrote: all it knows is the protocol's document."""

    def __init__(self, wallet_url: str, operator_id: str, secret: str) -> None:
        self.wallet_url = wallet_url
        self.operator_id = operator_id
        self.secret = secret

    def send(self, command: str, data: dict[str, Any]) -> dict[str, Any]:
        """The `response` member of the answer, its hash checked. Raises httpx.HTTPError when it was not taken and may be sent
        again: nobody there, or 503."""
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        headers = {"X-Authorization": self._sha1(command), "X-Operator-Id": self.operator_id}
        body = {"command": command, "request_timestamp": stamp, "hash": self._sha1(command + stamp), "data": data}
        answer = httpx.post(f"{self.wallet_url}/{command}", headers=headers, json=body, timeout=20)
        if answer.status_code == 503:
            answer.raise_for_status()
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["request"] == body
        response: dict[str, Any] = told["response"]
        assert response["hash"] == self._sha1(response["status"] + response["response_timestamp"])
        return response

    def _sha1(self, text: str) -> str:
        return hashlib.sha1((text + self.secret).encode()).hexdigest()
