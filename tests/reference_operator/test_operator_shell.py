"""The command line and the local administration."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from operator_process import SECRET, OperatorProcess
from pitboss_operator.wallet.defects import DEFECTS


def pitboss(*arguments: object, secret: str | None = None, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PITBOSS_OPERATOR_SECRET"}
    environment |= {} if secret is None else {"PITBOSS_OPERATOR_SECRET": secret}
    command = [sys.executable, "-m", "pitboss", "operator", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, input=typed)


def test_players_and_tokens_beside_a_running_operator(tmp_path: Path) -> None:
    books = tmp_path / "books"
    operator = OperatorProcess(books).start()
    made = pitboss("player", "create", "anna", "--data-dir", books, "--currency", "EUR", "--balance", "20.5", "--json")
    assert json.loads(made.stdout)["balance"] == "20.5", made.stderr
    token = pitboss("token", "issue", "--player", "anna", "--game", 12, "--data-dir", books).stdout.strip()
    assert re.fullmatch(r"[A-Za-z0-9]{20,50}", token)
    assert operator.platform.call("authenticate", {"token": token}).data["user_id"] == "anna"
    given = "seaaa" + "7" * 35
    accepted = pitboss("token", "accept", "--player", "anna", "--data-dir", books, typed=f"{given}\n")
    assert (accepted.returncode, accepted.stdout) == (0, ""), accepted.stderr
    assert operator.platform.call("authenticate", {"token": given}).data["user_id"] == "anna"
    again = pitboss("token", "accept", "--player", "anna", "--data-dir", books, typed=given)
    assert again.returncode == 2 and again.stderr == "error: this token is in use\n"
    assert pitboss("token", "accept", "--player", "anna", "--data-dir", books).returncode == 2
    assert (
        json.loads(pitboss("player", "credit", "anna", "4.5", "--data-dir", books, "--json").stdout)["balance"] == "25"
    )
    assert (
        json.loads(pitboss("player", "credit", "anna", "-5", "--data-dir", books, "--json").stdout)["balance"] == "20"
    )
    bet = {
        "token": token, "user_id": "anna", "transaction_type": "BET", "transaction_id": 10**20 - 1, "round_id": 5,
        "game_id": 12, "currency_code": "EUR", "amount": "7.5",
    }  # fmt: skip
    assert operator.platform.change(bet).balance == "12.5"
    assert json.loads(pitboss("player", "show", "anna", "--data-dir", books, "--json").stdout)["balance"] == "12.5"
    [row] = json.loads(pitboss("transactions", "--data-dir", books, "--json").stdout)
    assert (row["transaction_id"], row["type"], row["amount"], row["state"]) == (10**20 - 1, "BET", "7.5", "ok")
    assert json.loads(pitboss("transactions", "--data-dir", books, "--player", "bob", "--json").stdout) == []
    assert "99999999999999999999" in pitboss("transactions", "--data-dir", books).stdout
    assert json.loads(pitboss("player", "block", "anna", "--data-dir", books, "--json").stdout)["blocked"] is True
    assert operator.platform.change(bet | {"transaction_id": 7}).code == "OP_33"
    pitboss("player", "block", "anna", "--undo", "--data-dir", books)
    assert pitboss("token", "end", token, "--data-dir", books).returncode == 0
    assert operator.platform.change(bet | {"transaction_id": 8}).code == "OP_21"
    assert pitboss("audit", "--data-dir", books).returncode == 0
    assert operator.stop(signal.SIGINT) == 0


def test_what_is_kept_is_private(operator: OperatorProcess) -> None:
    assert stat.S_IMODE(operator.data_dir.stat().st_mode) == 0o700
    for name in ("operator.sqlite3", "admin.token"):
        assert stat.S_IMODE((operator.data_dir / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["player", "show", "nobody", "--data-dir", "BOOKS"], "there is no player 'nobody'"),
        (["player", "create", "anna", "--data-dir", "BOOKS", "--currency", "EUR"], "there is a player 'anna' already"),
        (["player", "create", "a|b", "--data-dir", "BOOKS", "--currency", "EUR"], "no |"),
        (["player", "create", "bob", "--data-dir", "BOOKS", "--currency", "QQQ"], "how many decimals QQQ has"),
        (["player", "create", "bob", "--data-dir", "BOOKS", "--currency", "EUR", "--balance", "0.001"], "decimals"),
        (["player", "create", "bob", "--data-dir", "BOOKS", "--currency", "EUR", "--balance", "-1"], "not negative"),
        (["player", "credit", "anna", "-1", "--data-dir", "BOOKS"], "has only 0 EUR"),
        (["player", "show", "anna", "--data-dir", "NOWHERE"], "there is no operator in"),
        (["token", "issue", "--player", "nobody", "--data-dir", "BOOKS"], "there is no player"),
        (["run", "--data-dir", "BOOKS", "--operator-id", "x"], "no secret in PITBOSS_OPERATOR_SECRET"),
        (
            ["run", "--data-dir", "BOOKS", "--operator-id", "x", "--secret-file", "NOWHERE"],
            "cannot read the secret file",
        ),
        (["run", "--data-dir", "BOOKS", "--operator-id", "x", "--defect", "bad-luck"], "there is no defect 'bad-luck'"),
        (["run", "--data-dir", "BOOKS", "--operator-id", "x", "--base-path", "/admin"], "--base-path"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    places = {"BOOKS": str(tmp_path / "books"), "NOWHERE": str(tmp_path / "nowhere")}
    pitboss("player", "create", "anna", "--data-dir", tmp_path / "books", "--currency", "EUR")
    secret = None if says.startswith("no secret") else SECRET
    told = pitboss(*(places.get(word, word) for word in arguments), secret=secret)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("error: ") and says in told.stderr and told.stderr.count("\n") == 1, told.stderr


def test_only_one_operator_serves_from_a_folder(operator: OperatorProcess) -> None:
    told = pitboss("run", "--port", 0, "--data-dir", operator.data_dir, "--operator-id", "x", secret=SECRET)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1)
    assert "another operator serves" in told.stderr


def test_the_defects_are_listed(tmp_path: Path) -> None:
    lines = pitboss("defects").stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == list(DEFECTS)
    assert len(lines) >= 16
    assert all(re.fullmatch(r"[a-z0-9-]+: .+\. \[.+\.\]", line) for line in lines)
    assert [row["name"] for row in json.loads(pitboss("defects", "--json").stdout)] == list(DEFECTS)


def test_a_path_of_ones_own_and_a_secret_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "wallet.secret"
    file.write_text("another secret\n")
    operator = OperatorProcess(
        tmp_path / "books", "--base-path", "/casino/v2/", "--secret-file", str(file), "--demo"
    ).start()
    operator.platform.url, operator.platform.secret = f"{operator.url}/casino/v2", "another secret"
    token = operator.admin("POST", "tokens", {"user_id": "demo01"})["token"]
    assert operator.platform.call("authenticate", {"token": token}).balance == "1000"
    assert httpx.get(f"{operator.url}/casino/v2/ping").text == "PONG"
    assert httpx.get(f"{operator.url}/healthz").status_code == 200
    assert [row["currency"] for row in operator.admin("GET", "players")] == ["EUR"] * 6 + ["USD"] * 2 + ["THB"] * 2
    assert operator.stop() == 0


def test_the_administration_wants_its_token(operator: OperatorProcess) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic"}):
        for method, path in (("GET", "players"), ("PUT", "faults"), ("POST", "tokens"), ("GET", "transactions")):
            answer = httpx.request(method, f"{operator.url}/admin/{path}", headers=headers)
            assert answer.status_code == 403
    assert (
        operator.http.post("/admin/players", json={"user_id": "x", "currency": "EUR", "colour": 1}).status_code == 400
    )
    assert operator.http.post("/admin/tokens", json={"user_id": "nobody"}).json() == {
        "error": "there is no player 'nobody'"
    }
    player = operator.player()
    taken = {"user_id": player.id, "token": player.token}
    assert operator.http.post("/admin/tokens", json=taken).json() == {"error": "this token is in use"}
    assert operator.http.post("/admin/tokens", json=taken | {"token": "short"}).status_code == 400
