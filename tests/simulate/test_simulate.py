"""Simulated players on a real sandbox: they play what is there, money stays exact, and what goes wrong shows."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from running_sandbox import RunningSandbox, running_sandbox, wait_until


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running_sandbox(tmp_path_factory.mktemp("simulated")) as running:
        yield running


def simulate(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pitboss", "simulate", "--credentials", str(file), *arguments],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_players_play_every_game_and_the_hub_agrees_to_the_cent(sandbox: RunningSandbox) -> None:
    demo = sandbox.balance("aurora01")
    done = simulate(sandbox.file, "--players", "40", "--rate", "60", "--seconds", "25", "--seed", "11", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["failures"] == {} and told["skipped"] == []
    assert set(told["games"]) == {game["id"] for game in sandbox.result("games", {})["items"]}
    assert told["rounds"] == sum(game["rounds"] for game in told["games"].values()) > 100

    # All of it is settled, and what the hub has stored is what the players saw, currency by currency.
    wait_until(lambda: sandbox.fetch("SELECT bool_and(finished) AS over FROM round")[0]["over"])
    rows = sandbox.fetch(
        "SELECT w.currency, c.scale, sum(staked - returned) AS staked, sum(won) AS won, count(*) AS rounds FROM round r"
        " JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id JOIN currency c ON c.code = w.currency GROUP BY 1, 2"
    )
    stored = {row["currency"]: (row["staked"].scaleb(-row["scale"]), row["won"].scaleb(-row["scale"])) for row in rows}
    seen = {code: (Decimal(money["turnover"]), Decimal(money["winnings"])) for code, money in told["money"].items()}
    if "KIDR" in seen:
        seen["IDR"] = tuple(1000 * amount for amount in seen.pop("KIDR"))  # type: ignore[assignment]
    # A round that was under way when time was over is in the books and was not seen to its end.
    assert sum(row["rounds"] for row in rows) - told["rounds"] <= 40
    for code, (turnover, winnings) in seen.items():
        assert turnover <= stored[code][0] and winnings <= stored[code][1]
    if sum(row["rounds"] for row in rows) == told["rounds"]:
        assert seen == stored

    # Players of their own: the demo players' money is untouched.
    assert sandbox.balance("aurora01") == demo
    names = sandbox.fetch(
        "SELECT DISTINCT p.username FROM round r JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id"
        " JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id"
    )
    assert all(row["username"].startswith("sim") for row in names)
    assert sandbox.cli("verify").returncode == 0


def test_the_monitor_counts_what_they_played(sandbox: RunningSandbox) -> None:
    rounds = sandbox.fetch("SELECT count(*) AS n FROM round WHERE staked > returned")[0]["n"]
    counted = wait_until(
        lambda: [line for line in [json.loads(sandbox.cli("game", "rtp", "--json").stdout)]
                 if sum(game["rounds"] for game in line) == rounds]
    )  # fmt: skip
    assert all(game["verdict"] in ("ok", "too_few") for game in counted[0])


def test_ctrl_c_ends_a_run_with_its_summary(sandbox: RunningSandbox) -> None:
    command = [
        sys.executable,
        "-m",
        "pitboss",
        "simulate",
        "--credentials",
        str(sandbox.file),
        "--rate",
        "10",
        "--quiet",
    ]
    process = subprocess.Popen([*command, "--players", "3"], stdout=subprocess.PIPE, text=True)
    before = sandbox.fetch("SELECT count(*) AS n FROM round")[0]["n"]
    wait_until(lambda: sandbox.fetch("SELECT count(*) AS n FROM round")[0]["n"] > before)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert out.startswith("rounds ")


def test_a_game_nobody_knows_is_skipped_with_a_notice(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The same program with one stake maker taken away: what a game that was added later looks like."""
    script = (
        "import sys; from pitboss.simulate import stakes; known = dict(stakes.stake_makers()); del known[4];"
        "import pitboss.simulate.run as run; run.stake_makers = lambda: known;"
        "from pitboss.cli import run as cli; sys.exit(cli(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "simulate", "--credentials", str(sandbox.file), "--players", "30", "--rate", "30",
         "--seconds", "8", "--seed", "5"], capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("house_00004 is skipped") == 1
    assert "skipped   house_00004" in done.stdout


def test_a_failure_is_counted_and_told_by_the_exit_code(sandbox: RunningSandbox, tmp_path: Path) -> None:
    broken = json.loads(sandbox.file.read_text())
    for agent in broken["agents"]:
        agent["external_api_key"] = "nobody's key"
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(broken))
    done = simulate(file, "--players", "2", "--seconds", "2", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failures"].keys() == {"createPlayer: AGENT_NOT_FOUND"}
    nowhere = simulate(tmp_path / "missing.json")
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert nowhere.stderr == f"pitboss: {tmp_path / 'missing.json'}: No such file or directory\n"


def test_a_sandbox_has_players_at_work_unless_told_otherwise(tmp_path: Path) -> None:
    with running_sandbox(tmp_path / "busy", simulate=True) as busy:
        demo = busy.balance("aurora01")
        wait_until(lambda: busy.fetch("SELECT count(*) AS n FROM round")[0]["n"] >= 3, seconds=60)
        assert busy.balance("aurora01") == demo
        assert busy.stop() == 0
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert str(busy.file) not in left
    assert os.path.exists(busy.file)


def test_each_game_tells_its_rounds_in_its_own_way(sandbox: RunningSandbox) -> None:
    kinds: dict[str, str] = {}
    for game in sandbox.result("games", {})["items"]:
        row = sandbox.fetch(
            "SELECT r.round_id, p.username, t.id, t.history_id, t.number, r.agent_id FROM round r"
            " JOIN game g ON g.id = r.game_id JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id"
            " JOIN player p ON p.agent_id = w.agent_id AND p.player_id = w.player_id"
            " JOIN transaction t ON t.agent_id = r.agent_id AND t.wallet_id = r.wallet_id AND t.round_id = r.round_id"
            " WHERE g.code = $1 AND r.finished AND t.kind = 'bet' AND r.agent_id = $2 LIMIT 1",
            game["id"], sandbox.agent["agent_id"],
        )[0]  # fmt: skip
        asked = {"gameId": game["id"], "username": row["username"], "roundId": row["round_id"]}
        told = sandbox.result("gameLogs", asked)
        kind = told["result"]["logType"]
        kinds[game["id"]] = kind
        assert {line["type"] for line in told["transactions"]} == {"Bet", "Settle"}
        assert bool(told["result"]["url"]) == (kind == "iframe")
        for name, of_kind in (("hands", "hand"), ("pockets", "roulette"), ("dices", "dice"), ("rows", "table")):
            assert told.get(name) or kind != of_kind, (game, told)
        agent = sandbox.agent
        signature = hashlib.sha1(f"handHistory{agent['operator_id']}{agent['secret_key']}".encode()).hexdigest()
        answer = sandbox.http.get(
            f"/api/generic/handHistory/{row['number']}/{row['history_id']}",
            headers={"X-Operator-Id": agent["operator_id"], "X-Authorization": signature, "X-Vendor-Id": "house"},
        )
        assert answer.status_code == 200, answer.text
        document = answer.json()
        assert document["success"] is True
        if document["type"] == "url":
            assert httpx.get(document["data"]).status_code == 200
        else:
            assert document["data"]["log_type"] == kind
    assert set(kinds.values()) >= {"hand", "roulette", "dice", "table", "iframe"}


def test_an_open_page_hears_of_money_and_of_its_end(sandbox: RunningSandbox) -> None:
    url = sandbox.launch("aurora02", "IDR", "house_00001")["url"]
    with httpx.Client(timeout=30) as http:
        page = http.get(url, follow_redirects=True).url
        events = str(page).replace("/play/", "/api/") + "/events"
        with http.stream("GET", events) as stream:
            lines = stream.iter_lines()
            assert _next_event(lines, "heartbeat") == {}
            before = Decimal(sandbox.balance("aurora02", "IDR"))
            sandbox.result("deposit", {"username": "aurora02", "amount": "1500", "currency": "IDR"})
            # The studio counts thousands.
            assert Decimal(_next_event(lines, "balance")["balance"]) == (before + 1500) / 1000
            assert sandbox.cli("session", "end", "--agent", str(sandbox.agent["agent_id"]), "aurora02").returncode == 0
            assert _next_event(lines, "ended")["code"] == "OP_21"


def _next_event(lines: Iterator[str], kind: str) -> dict[str, Any]:
    """The data of the next event of this kind; heartbeats are passed over."""
    current = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            current = value
        elif name == "data" and current == kind:
            data: dict[str, Any] = json.loads(value)
            return data
        elif name == "data":
            assert current == "heartbeat", (current, value)
    raise AssertionError("the stream ended")


def test_players_of_a_seamless_casino_play_with_its_money(sandbox: RunningSandbox) -> None:
    books = sandbox.file.parent / "data" / "operator"
    [agent] = [agent for agent in sandbox.credentials["agents"] if agent["type"] == "seamless"]
    done = simulate(
        sandbox.file, "--operator-dir", str(books), "--players", "12", "--rate", "20", "--seconds", "15", "--seed", "3", "--json"
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["failures"] == {}

    def settled() -> list[Any]:
        return sandbox.fetch(
            "SELECT w.currency, c.scale, sum(staked - returned) AS staked, sum(won) AS won, bool_and(finished) AS over FROM round r"
            " JOIN wallet w ON w.agent_id = r.agent_id AND w.id = r.wallet_id JOIN currency c ON c.code = w.currency"
            " WHERE r.agent_id = $1 GROUP BY 1, 2", agent["agent_id"],
        )  # fmt: skip

    rows = wait_until(lambda: rows if (rows := settled()) and all(row["over"] for row in rows) else None)
    ours = {row["currency"]: (row["staked"].scaleb(-row["scale"]), row["won"].scaleb(-row["scale"])) for row in rows}
    assert len(ours) > 1 and all(staked > 0 for staked, _ in ours.values())

    # The casino's own books say the same, and add up.
    token = (books / "admin.token").read_text().strip()
    admin = agent["wallet_url"].removesuffix("/wallet") + "/admin"
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as http:
        assert http.get(f"{admin}/audit").json() == {"wrong": []}
        booked = [
            row
            for row in http.get(f"{admin}/transactions").json()
            if row["user_id"].startswith("sim") and row["state"] != "refused"
        ]
    assert {row["state"] for row in booked} == {"ok"}
    theirs = {code: (total(booked, code, "BET"), total(booked, code, "WIN")) for code in ours}
    assert theirs == ours
    today = datetime.now(UTC).date().isoformat()
    compared = sandbox.cli("reconcile", "--agent", str(agent["agent_id"]), "--from", today, "--to", today)
    assert compared.returncode == 0, compared.stdout + compared.stderr


def total(booked: list[Any], currency: str, kind: str) -> Decimal:
    amounts = [Decimal(row["amount"]) for row in booked if (row["currency"], row["type"]) == (currency, kind)]
    return sum(amounts, Decimal(0))


def test_the_operators_books_must_be_there(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = simulate(sandbox.file, "--operator-dir", str(tmp_path), "--seconds", "1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"pitboss: {tmp_path / 'admin.token'}: No such file or directory\n"


def test_what_the_credentials_must_hold(sandbox: RunningSandbox, tmp_path: Path) -> None:
    books = str(sandbox.file.parent / "data" / "operator")
    seamless = {"name": "s", "type": "seamless", "currencies": ["EUR"], "external_api_key": "k", "wallet_url": None}
    file = tmp_path / "credentials.json"
    for agents, arguments, told in (
        ([], (), "has no transfer agent"),
        ([seamless], (), "has no transfer agent"),
        ([], ("--operator-dir", books), "has no transfer or seamless agent"),
        ([seamless], ("--operator-dir", books), "is not a credentials file"),
    ):
        file.write_text(json.dumps({"base_url": sandbox.base_url, "agents": agents}))
        done = simulate(file, *arguments, "--seconds", "1")
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"pitboss: {file}: {told}\n")
