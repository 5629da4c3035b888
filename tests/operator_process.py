"""A real operator process, and what its owner does with it: players, tokens, faults."""

import itertools
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import httpx

from platform_peer import Platform

OPERATOR_ID = "examplecasino"
SECRET = "secret_key"
_START = secrets.randbelow(10**15) * 1000
_ids = itertools.count(_START)


def new_id() -> int:
    """A transaction's or round's id nobody used."""
    return next(_ids)


class Player:
    """A player of the operator, with a token."""

    def __init__(self, operator: "OperatorProcess", user_id: str, token: str) -> None:
        self.operator = operator
        self.id = user_id
        self.token = token

    @property
    def balance(self) -> str:
        return str(self.operator.admin("GET", f"players/{self.id}")["balance"])

    def change(self, **members: Any) -> None:
        """credit, blocked, bet_limit."""
        self.operator.admin("PUT", f"players/{self.id}", members)

    def data(self, kind: str, amount: object, **members: Any) -> dict[str, Any]:
        """A changebalance's data in this player's name."""
        return {
            "token": self.token,
            "user_id": self.id,
            "transaction_type": kind,
            "transaction_id": new_id(),
            "round_id": new_id(),
            "round_finished": False,
            "game_id": 200,
            "currency_code": "EUR",
            "amount": amount,
            "transaction_timestamp": "2026-01-02 03:04:05",
            "context": {"reason": "SPIN"},
        } | members


class OperatorProcess:
    """Started with `start`, ended with `stop` (its exit code) or `kill`."""

    running: ClassVar[set["OperatorProcess"]] = set()

    def __init__(self, data_dir: Path, *arguments: str) -> None:
        self.data_dir = data_dir
        self.arguments = arguments

    def start(self) -> "OperatorProcess":
        command = [sys.executable, "-m", "pitboss_operator", "run", "--port", "0", "--data-dir", str(self.data_dir)]
        self.errors = (self.data_dir.parent / f"{self.data_dir.name}.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--operator-id", OPERATOR_ID, *self.arguments],
            env=os.environ | {"PITBOSS_OPERATOR_SECRET": SECRET},
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        OperatorProcess.running.add(self)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline().decode()
        assert ready.startswith("ready http://127.0.0.1:"), self.log()
        self.url = ready.split()[1]
        token = (self.data_dir / "admin.token").read_text().strip()
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=20)
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.platform = Platform(f"{self.url}/wallet", OPERATOR_ID, SECRET)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(20)
        OperatorProcess.running.discard(self)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.errors.close()
        self.http.close()
        self.platform.close()
        return code

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def log(self) -> str:
        return (self.data_dir.parent / f"{self.data_dir.name}.log").read_text()

    def admin(self, method: str, path: str, body: object = None) -> Any:
        """An administrative call that must succeed."""
        answer = self.http.request(method, f"/admin/{path}", **({} if body is None else {"json": body}))
        assert answer.status_code < 300, answer.text
        return answer.json()

    def player(self, balance: str = "100", game_id: int | None = None, **members: Any) -> Player:
        """A new player with a token."""
        user_id = members.pop("user_id", f"u{secrets.token_hex(6)}")
        body = {"user_id": user_id, "currency": "EUR", "balance": balance} | members
        self.admin("POST", "players", body)
        token = self.admin("POST", "tokens", {"user_id": user_id, "game_id": game_id})["token"]
        return Player(self, user_id, token)

    def faults(self, *faults: dict[str, Any]) -> None:
        self.admin("PUT", "faults", list(faults))

    def booked(self, user_id: str) -> list[dict[str, Any]]:
        """A player's movements that belong to transactions."""
        return [row for row in self.admin("GET", f"movements?user_id={user_id}") if row["transaction_id"] is not None]

    def wrong(self) -> list[str]:
        return list(self.admin("GET", "audit")["wrong"])


@contextmanager
def nobody_is_left() -> Iterator[None]:
    """Kills what was started meanwhile and is still running: a test that fails in the middle leaves its process."""
    others = set(OperatorProcess.running)
    yield
    for process in OperatorProcess.running - others:
        process.process.kill()
        process.process.wait()


def eventually(happened: Any, seconds: float = 20.0) -> Any:
    """What `happened()` returns once it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = happened()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("did not happen")
