"""The sandbox through stops, kills and second starts."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from running_sandbox import RunningSandbox, Studio, running_sandbox, wait_until


def _play(sandbox: RunningSandbox, transaction_id: int, token: str) -> str:
    """A bet of 1 EUR; its status."""
    house = sandbox.credentials["providers"][0]
    studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
    user = studio.send("authenticate", {"token": token})["data"]["user_id"]
    bet = {
        "token": token, "user_id": user, "transaction_type": "BET", "transaction_id": transaction_id, "round_id": transaction_id,
        "round_finished": True, "game_id": 1, "currency_code": "EUR", "amount": "1",
        "transaction_timestamp": "2026-01-01 00:00:00", "context": {"reason": "SPIN"},
    }  # fmt: skip
    return str(studio.send("changebalance", bet)["status"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_second_start_keeps_data_and_credentials(tmp_path: Path, how: signal.Signals) -> None:
    with running_sandbox(tmp_path, backoffice=True) as first:
        token = first.launch("aurora01", "EUR", "house_00001")["token"]
        assert _play(first, 77, token) == "OK"
        kept = first.credentials
        assert first.stop(how) == 0
    with running_sandbox(tmp_path, backoffice=True) as second:
        assert second.credentials["backoffice"] == kept["backoffice"]
        same = ("agents", "providers")
        without_port = [{k: v for k, v in provider.items() if k != "wallet_url"} for provider in kept["providers"]]
        assert second.credentials[same[0]] == kept[same[0]]
        assert [{k: v for k, v in p.items() if k != "wallet_url"} for p in second.credentials[same[1]]] == without_port
        assert second.balance("aurora01") == "999"
        assert _play(second, 77, token) == "OK"
        assert second.balance("aurora01") == "999"
        assert second.cli("verify").returncode == 0


def test_any_part_may_be_killed(tmp_path: Path) -> None:
    with running_sandbox(tmp_path, backoffice=True) as sandbox:
        token = sandbox.launch("aurora01", "EUR", "house_00001")["token"]
        pages = f"{sandbox.credentials['backoffice']['url']}/healthz"
        for place, name in enumerate(("serve", "worker", "studio", "backoffice", "postgres"), 1):
            before = sandbox.children()[name]
            os.kill(before, signal.SIGKILL)
            wait_until(lambda name=name, before=before: sandbox.children().get(name, before) != before, seconds=60)
            wait_until(lambda place=place: _play(sandbox, place, token) == "OK", seconds=60)
            wait_until(lambda: httpx.get(pages, trust_env=False).text == "ok", seconds=60)
            assert sandbox.balance("aurora01") == str(1000 - place)
        assert sandbox.cli("verify").returncode == 0


def test_a_killed_sandbox_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as first:
        token = first.launch("aurora01", "EUR", "house_00001")["token"]
        assert _play(first, 5, token) == "OK"
        kept = first.credentials
        first.process.kill()
        first.process.wait(10)
    with running_sandbox(tmp_path) as second:
        assert second.credentials["agents"] == kept["agents"]
        assert second.balance("aurora01") == "999"
        assert second.cli("verify").returncode == 0


def test_a_taken_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "pitboss",
                "sandbox",
                "--data-dir",
                str(tmp_path),
                "--port",
                port,
                "--credentials",
                str(tmp_path / "c.json"),
            ],
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.splitlines() == [f"pitboss: cannot listen on 127.0.0.1:{port}: Address already in use"]
