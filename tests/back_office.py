"""A back office as a person runs it: a real process over a real database, and people who may sign in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from pitboss.bench.programs import free_port
from running_sandbox import wait_until

PASSWORD = "quite a long password"


class BackOffice:
    """`url` without a slash at its end."""

    def __init__(self, url: str, log: Path, environment: dict[str, str]) -> None:
        self.url = url
        self.log = log
        self._environment = environment

    def cli(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`pitboss …` against the same database."""
        command = [sys.executable, "-m", "pitboss", *arguments]
        return subprocess.run(
            command, env=self._environment, input=stdin, capture_output=True, text=True, timeout=60, check=False
        )

    def person(self, username: str, role: str, *scope: str) -> str:
        """Somebody new; the name."""
        done = self.cli("staff", "create", username, "--role", role, *scope, "--password-file", "-", stdin=PASSWORD)
        assert done.returncode == 0, done.stderr
        return username

    def browser(self) -> httpx.Client:
        """What a browser sends, not signed in."""
        return httpx.Client(
            base_url=self.url, headers={"Origin": self.url, "Accept": "text/html"}, timeout=60, trust_env=False
        )

    def signed_in(self, username: str, password: str = PASSWORD) -> httpx.Client:
        """A browser after signing in."""
        client = self.browser()
        answer = client.post("/sign-in", data={"username": username, "password": password})
        assert answer.status_code == 303, answer.text
        return client


@contextmanager
def running_back_office(database_url: str, folder: Path) -> Iterator[BackOffice]:
    """On a free port, until the block ends; it must end in order then, and have logged no traceback."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PITBOSS_")}
    environment |= {"PITBOSS_DATABASE_URL": database_url, "HOME": str(folder)}
    port, log = free_port(), folder / "backoffice.log"
    command = [sys.executable, "-m", "pitboss", "backoffice", "--port", str(port)]
    with log.open("a") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    office = BackOffice(f"http://127.0.0.1:{port}", log, environment)
    try:
        wait_until(lambda: httpx.get(f"{office.url}/healthz", trust_env=False).text == "ok", 60)
        yield office
    finally:
        process.terminate()
        code = process.wait(60)
    assert code == 0 and "Traceback" not in log.read_text(), log.read_text()[-3000:]
