"""`pitboss studio pending`: what waits is told, while the studio runs and while it does not."""

import json
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from operator_peer import Fault, Operator
from studio_process import Player, StudioProcess, eventually


def run(data_dir: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pitboss_studio", "pending", "--data-dir", str(data_dir), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def pending(studio: StudioProcess, player: Player) -> list[dict[str, Any]]:
    """What waits of one player."""
    done = run(studio.data_dir, "--json")
    assert done.returncode == 0, done.stderr
    return [one for one in json.loads(done.stdout) if one["user_id"] == player.user]


def test_a_win_that_waits_is_told_until_it_is_paid(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.fault = lambda kind, _: Fault.HTTP_500 if kind == "WIN" else None
    round_ = player.play("2")["round"]
    eventually(lambda: len(operator.calls("WIN")) >= 3, "the win is sent again")
    (one,) = pending(studio, player)
    assert {name: one[name] for name in ("round_id", "what", "state", "last_answer", "stake", "win", "currency")} == {
        "round_id": round_["id"], "what": "WIN", "state": "win_sent", "last_answer": "HTTP 500", "stake": "2",
        "win": round_["win"], "currency": "EUR",
    }  # fmt: skip
    assert one["attempts"] >= 2
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(one["since"]) < timedelta(minutes=5)
    shown = run(studio.data_dir)
    assert round_["id"] in shown.stdout
    assert "win owed" in shown.stdout
    studio.kill()
    assert pending(studio, player)[0]["round_id"] == round_["id"]
    studio.start()
    operator.behave()
    player.settle()
    assert pending(studio, player) == []


def test_a_cancel_that_waits_is_told(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.fault = lambda kind, _: {"BET": Fault.DROP_AFTER, "cancel": Fault.OP_50}.get(kind)
    player.spin("2", secrets.token_hex(8))
    eventually(lambda: len(operator.calls("cancel")) >= 2, "the cancel is sent again")
    (one,) = pending(studio, player)
    assert (one["what"], one["state"], one["last_answer"], one["win"]) == ("CANCEL", "canceling", "OP_50", None)
    operator.behave()
    player.settle()


def test_a_round_that_waits_for_its_player_tells_nothing_of_its_end(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    player.arrange_free_spins()
    player.spin("1")
    (one,) = pending(studio, player)
    assert (one["what"], one["state"], one["win"]) == ("PLAY", "bet_ok", None)


def test_no_data_is_said_in_one_line(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "missing"):
        done = run(where)
        assert done.returncode == 2
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1
        assert str(where) in done.stderr
