"""A real studio process, and a player's browser without the browser."""

import hashlib
import hmac
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from operator_peer import OPERATOR_ID, SECRET, Fault, Operator

FINAL = {"settled", "bet_refused", "canceled"}
SCRIPT = """
import asyncio, json, sys
from pathlib import Path
from pitboss_studio.app import build_app
from pitboss_studio.server import log_to_stderr, serve
from pitboss_studio.settings import Settings
given = json.loads(sys.stdin.readline())
log_to_stderr()
settings = Settings(data_dir=Path(given.pop("data_dir")), **given)
asyncio.run(serve(build_app(settings), "127.0.0.1", 0))
"""


def eventually(check: Callable[[], Any], what: str, patience: float = 20.0) -> Any:
    """Ask until the answer is true; fails with `what` when it does not come."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        answer = check()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"did not happen: {what}")


class StudioProcess:
    """Started with impatient settings, so that a test does not wait for a player's patience."""

    def __init__(self, data_dir: Path, wallet_url: str, **settings: Any) -> None:
        self.data_dir = data_dir
        self.settings = {
            "data_dir": str(data_dir),
            "wallet_url": wallet_url,
            "operator_id": OPERATOR_ID,
            "secret": SECRET,
            "wallet_timeout": 2.0,
            "connect_timeout": 1.0,
            "overdue_margin": 0.3,
            "retry_first": 0.05,
            "retry_longest": 0.2,
            "recovery_pause": 0.05,
            "heartbeat": 0.3,
            **settings,
        }

    def start(self) -> "StudioProcess":
        self.errors = (self.data_dir.parent / "stderr").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(self.settings).encode() + b"\n")
        self.process.stdin.flush()
        ready = self.process.stdout.readline().decode()
        assert ready.startswith("ready http://"), ready
        self.url = ready.split()[1]
        return self

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        os.kill(self.process.pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(20)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
        return code

    def log(self) -> str:
        return (self.data_dir.parent / "stderr").read_text()

    def query(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Look into the studio's file from outside."""
        with sqlite3.connect(self.data_dir / "studio.sqlite3", timeout=10) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def rounds(self, user: str) -> list[dict[str, Any]]:
        """A player's rounds, oldest first."""
        return self.query(
            "SELECT r.* FROM rounds r JOIN players p ON p.id = r.player_id WHERE p.user_id = ? ORDER BY r.id", user
        )

    def finished(self, user: str) -> bool:
        """Whether nothing of the player's is left to do."""
        waiting = """SELECT 1 FROM calls c JOIN rounds r ON r.id = c.round_id JOIN players p ON p.id = r.player_id
                     WHERE c.state = 'pending' AND p.user_id = ?"""
        return all(row["state"] in FINAL for row in self.rounds(user)) and not self.query(waiting, user)


class Player:
    """One player with one game session."""

    def __init__(self, studio: StudioProcess, token: str | None = None, mode: str = "real", game_id: int = 1) -> None:
        self.studio = studio
        self.game_id = game_id
        self.token = token or secrets.token_hex(15)
        self.http = httpx.Client(timeout=30, trust_env=False)
        self.mode = mode
        self.launch()

    @property
    def user(self) -> str:
        """The player's id at the operator peer."""
        return "user" + self.token[-12:]

    def settle(self) -> None:
        """Wait until recovery has nothing left to do for this player."""
        eventually(lambda: self.studio.finished(self.user), "the player's rounds end")

    def launch(self) -> None:
        query = f"mode={self.mode}&game_id={self.game_id}&currency=EUR&token={self.token}&operator_id={OPERATOR_ID}"
        answer = self.http.get(f"{self.studio.url}/?{query}")
        assert answer.status_code == 303, answer.text
        self.session = answer.headers["location"].removeprefix("/play/")

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(f"{self.studio.url}/api/{self.session}/{path}", json=body)

    def get(self, path: str) -> dict[str, Any]:
        answer = self.http.get(f"{self.studio.url}/api/{self.session}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def spin(self, bet: str = "1", spin_id: str | None = None) -> dict[str, Any]:
        answer = self.post("spin", {"spin_id": spin_id or secrets.token_hex(8), "bet": bet})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, round_: dict[str, Any], step: int | None = None) -> dict[str, Any]:
        body = {"round_id": round_["id"], "step": len(round_["steps"]) if step is None else step}
        answer = self.post("step", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def play(self, bet: str = "1") -> dict[str, Any]:
        """A round to its end, free spins included."""
        answer = self.spin(bet)
        while answer["round"]["more"]:
            answer = self.step(answer["round"])
        return answer

    def arrange_free_spins(self) -> None:
        """Choose a client seed under which the next round has free spins.

        A player cannot: the next server seed is secret. The test reads it from the studio's file.
        """
        seed = self.studio.query("SELECT server_seed FROM seeds WHERE session_id = ? AND state = 'next'", self.session)[
            0
        ]["server_seed"]
        for attempt in range(100_000):
            client_seed = f"try{attempt}"
            if scatters_drawn(seed, client_seed) >= 3:
                answer = self.post("seed", {"client_seed": client_seed})
                assert answer.status_code == 200, answer.text
                return
        raise AssertionError("no client seed found")


def scatters_drawn(server_seed: str, client_seed: str) -> int:
    """Scatters in the first window of nonce 0, computed here and not by the studio."""
    from pitboss_studio.games.slot.rules import REELS

    count = 0
    digest = hmac.new(server_seed.encode(), f"{client_seed}:0:0".encode(), hashlib.sha256).digest()
    for reel, strip in enumerate(REELS):
        word = int.from_bytes(digest[4 * reel : 4 * reel + 4], "big")
        stop = word % len(strip)
        count += (strip * 2)[stop : stop + 3].count("S")
    return count


def reconcile(player: Player, operator: Operator) -> dict[str, int]:
    """Studio and operator agree on every round of a player, and the balance is what they say. Counts by state."""
    counts: dict[str, int] = {}
    due = operator.opening
    known: set[int] = set()
    for row in player.studio.rounds(player.user):
        counts[row["state"]] = counts.get(row["state"], 0) + 1
        known |= {row["bet_transaction"], row["win_transaction"]}
        bet, win = operator.bookings.get(row["bet_transaction"]), operator.bookings.get(row["win_transaction"])
        if row["state"] == "settled":
            assert bet is not None
            assert win is not None
            assert (bet.kind, bet.state, bet.amount) == ("BET", "OK", Decimal(row["stake"]))
            assert (win.kind, win.state, win.amount) == ("WIN", "OK", Decimal(row["win"]))
            assert win.finished is True
            assert bet.campaign == win.campaign == row["campaign_code"]
            assert bet.promotional is (row["campaign_code"] is not None)
            due += win.amount - (Decimal(0) if bet.promotional else bet.amount)
        elif row["state"] == "canceled":
            assert bet is None or bet.state == "CANCELED", row
            assert win is None
        else:
            assert row["state"] == "bet_refused", row
            assert bet is None
            assert win is None
    booked = {tx for tx, booking in operator.bookings.items() if booking.user_id == player.user}
    assert booked <= known, "the operator has a transaction the studio does not know"
    assert all(operator.applied[tx] == 1 for tx in booked), "a transaction was booked twice"
    assert operator.balance(player.user) == due
    assert all(call.authorized for call in operator.seen), "a call was signed wrongly"
    return counts


SAFE_ID = re.compile(r"[0-9]{1,20}")


def killed_at(studio: StudioProcess, operator: Operator, kind: str, moment: str) -> threading.Event:
    """The studio will be killed when the first call of this kind (a cancel needs a lost BET) is at the operator, `before` or
    `after` it is booked; set once it is dead."""
    killed = threading.Event()

    def kill(got: str, _: dict[str, Any]) -> None:
        if got == kind and not killed.is_set():
            killed.set()
            studio.process.kill()
            studio.process.wait()

    if kind == "cancel":
        operator.fault = lambda got, _: Fault.DROP_AFTER if got == "BET" else None
    setattr(operator, moment, kill)
    return killed
