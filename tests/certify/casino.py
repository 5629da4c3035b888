"""A reference operator to certify: a real process, with the players the battery asks for, and the command that certifies it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

OPERATOR_ID = "hub-under-test"
# Hard to write and hard to hide: quotes, a slash, letters beyond ASCII, markup.
SECRET = 'pä"ss/<wörd>&\\1'


@dataclass(frozen=True)
class Casino:
    """One operator; `tokens` by player, `expired` belongs to the first."""

    url: str
    tokens: dict[str, str]
    expired: str
    http: httpx.Client

    def options(self) -> list[str]:
        """Everything `pitboss certify` can be told of it."""
        anna, ben, bob = self.tokens
        return [
            self.url, "--operator-id", OPERATOR_ID, "--user", anna, "--token", self.tokens[anna], "--second-user", ben,
            "--second-token", self.tokens[ben], "--blocked-user", bob, "--blocked-token", self.tokens[bob], "--expired-token",
            self.expired,
        ]  # fmt: skip

    def balance(self, user_id: str = "anna") -> str:
        return str(self.admin("GET", f"players/{user_id}")["balance"])

    def admin(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"/admin/{path}", **({} if body is None else {"json": body}))
        assert answer.status_code < 300, answer.text
        return answer.json()


@contextmanager
def casino(folder: Path, *defects: str, currency: str = "EUR", balance: str = "100") -> Iterator[Casino]:
    """Start one with its books in `folder`; stopped at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pitboss_operator", "run", "--port", "0", "--data-dir", str(folder / "books")]
    command += ["--operator-id", OPERATOR_ID, *(word for defect in defects for word in ("--defect", defect))]
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, env=os.environ | {"PITBOSS_OPERATOR_SECRET": SECRET}, stdout=subprocess.PIPE, stderr=errors
        )
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().decode()
        assert ready.startswith("ready http://127.0.0.1:"), log.read_text()
        base = ready.split()[1]
        key = (folder / "books" / "admin.token").read_text().strip()
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as http:
            there = Casino(f"{base}/wallet", {}, "", http)
            for user_id in ("anna", "ben", "bob"):
                there.admin("POST", "players", {"user_id": user_id, "currency": currency, "balance": balance})
                there.tokens[user_id] = there.admin("POST", "tokens", {"user_id": user_id})["token"]
            there.admin("PUT", "players/bob", {"blocked": True})
            expired = there.admin("POST", "tokens", {"user_id": "anna", "seconds": 0})["token"]
            yield Casino(there.url, there.tokens, expired, http)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def run_certify(*arguments: str, secret: str | None = SECRET) -> subprocess.CompletedProcess[str]:
    """`pitboss certify …` as a person runs it, the secret in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PITBOSS_")}
    if secret is not None:
        environment["PITBOSS_CERTIFY_SECRET"] = secret
    return subprocess.run(
        [sys.executable, "-m", "pitboss", "certify", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )


def verdicts(report: dict[str, Any], wanted: str) -> set[str]:
    """The ids of the cases of a JSON report that ended so."""
    return {case["id"] for case in report["cases"] if case["verdict"] == wanted}
