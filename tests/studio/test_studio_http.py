"""Launch URL, the pages' API, and the commands a hub sends."""

import hashlib
import json
import os
import re
import secrets
import stat
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from operator_peer import OPERATOR_ID, SECRET, Fault, Operator
from signed_command import command, result, sha1
from studio_process import Player, StudioProcess, eventually

from pitboss_studio.catalogue import catalogue
from pitboss_studio.wallet import messages

GOOD: dict[str, str] = {
    "mode": "real",
    "game_id": "1",
    "token": "A" * 30,
    "currency": "EUR",
    "operator_id": OPERATOR_ID,
}


def test_signatures_are_the_protocols() -> None:
    assert messages.sha1("status", "secret_key") == sha1("statussecret_key")
    assert messages.headers("status", "op", "secret_key")["X-Authorization"] == sha1("statussecret_key")
    body = json.loads(
        messages.request(
            "authenticate", {}, messages.datetime(2020, 12, 1, 13, 44, 54, tzinfo=messages.UTC), "secret_key"
        )
    )
    assert body["request_timestamp"] == "2020-12-01 13:44:54"
    assert body["hash"] == sha1("authenticate2020-12-01 13:44:54secret_key")
    answer = {"status": "OK", "response_timestamp": "2020-12-01 15:33:11", "data": {"balance": 1}}
    good = answer | {"hash": sha1("OK2020-12-01 15:33:11secret_key")}
    assert messages.read_answer(json.dumps({"response": good}).encode(), "secret_key").code is None
    bad = answer | {"hash": sha1("ERROR2020-12-01 15:33:11secret_key")}
    with pytest.raises(messages.BadAnswer):
        messages.read_answer(json.dumps({"response": bad}).encode(), "secret_key")


def test_amounts_are_written_with_exact_digits() -> None:
    from decimal import Decimal

    wide = {
        "a": Decimal("1E+3"),
        "b": Decimal("0.00000001"),
        "c": Decimal("12345678901234567.89"),
        "d": Decimal("1.50"),
    }
    assert messages.encode(wide) == b'{"a":1000,"b":0.00000001,"c":12345678901234567.89,"d":1.5}'
    assert messages.decode(b'{"x":0.1000000000000000055}') == {"x": Decimal("0.1000000000000000055")}


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "demo"},
        {"mode": ""},
        {"game_id": "999"},
        {"game_id": "1x"},
        {"game_id": ""},
        {"token": "short"},
        {"token": "A" * 51},
        {"token": "<script>alert(1)</script>"},
        {"currency": ""},
        {"currency": "THB"},
        {"operator_id": "somebody"},
        {"operator_id": ""},
        {"device": "fridge"},
        {"home_url": "javascript:alert(1)"},
        {"home_url": 'https://a.example/"><script>'},
        {"deposit_url": "ftp://a.example/"},
        {"home_url": "https://a.example/" + "a" * 500},
        {"lobby_id": "../etc"},
    ],
    ids=str,
)
def test_a_bad_launch_is_a_short_page(studio: StudioProcess, change: dict[str, str]) -> None:
    answer = httpx.get(studio.url, params=GOOD | change)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert re.search(r"Reference \d{10}", answer.text)
    assert "<script" not in answer.text
    for value in change.values():
        assert not value or value not in answer.text.replace("/assets/plain.css", "") or len(value) < 6
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_operators_no_is_an_error_page(studio: StudioProcess, operator: Operator) -> None:
    operator.refuse["authenticate"] = "OP_21"
    assert httpx.get(studio.url, params=GOOD).status_code == 403
    operator.refuse.clear()
    operator.fault = lambda kind, data: Fault.WRONG_HASH
    assert httpx.get(studio.url, params=GOOD).status_code == 503


def test_the_same_launch_url_resumes_its_session(studio: StudioProcess) -> None:
    player = Player(studio)
    first = player.session
    player.spin()
    player.launch()
    assert player.session == first
    page = player.http.get(f"{studio.url}/play/{player.session}")
    assert page.status_code == 200
    assert player.token not in page.text
    assert player.token not in json.dumps(player.get("state"))


def test_return_urls_and_language(studio: StudioProcess) -> None:
    answer = httpx.get(
        studio.url,
        params=GOOD | {"token": "B" * 30, "language": "de-DE", "home_url": "https://casino.example/?a=1&b=2"},
    )
    state = httpx.get(f"{studio.url}{answer.headers['location'].replace('/play/', '/api/')}/state").json()
    assert state["session"]["home_url"] == "https://casino.example/?a=1&b=2"
    assert state["session"]["language"] == "en"
    assert state["game"]["rtp"] == "96.27"


def test_a_lobby_opens_its_games(studio: StudioProcess, operator: Operator) -> None:
    token = secrets.token_hex(12)
    with httpx.Client(follow_redirects=True) as browser:
        lobby = browser.get(
            studio.url, params=GOOD | {"token": token, "lobby_id": "house", "home_url": "https://a.example/?x=1&y=2"}
        )
        assert "Aurora Facets" in lobby.text
        assert "https://a.example/?x=1&amp;y=2" in lobby.text
        link = re.search(r'href="(/lobby/[^"]+)"', lobby.text)
        assert link
        game = browser.get(studio.url + link[1])
    session = game.url.path.removeprefix("/play/")
    answer = httpx.post(f"{studio.url}/api/{session}/spin", json={"spin_id": "lobby-spin", "bet": "1"})
    assert answer.status_code == 200
    assert operator.calls("BET")[0].data["token"] == token


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("spin", b'{"spin_id":"12345678"}', "bet"),
        ("spin", b'{"spin_id":"12345678","bet":1}', "bet"),
        ("spin", b'{"spin_id":"12345678","bet":"0.3"}', "bet"),
        ("spin", b'{"spin_id":"12345678","bet":"1e1"}', "bet"),
        ("spin", b'{"bet":"1"}', "spin_id"),
        ("spin", b'{"spin_id":7,"bet":"1"}', "spin_id"),
        ("spin", b'{"spin_id":"a b c d e","bet":"1"}', "spin_id"),
        ("spin", b"[]", "body"),
        ("spin", b"", "body"),
        ("spin", b"\xff\xfe", "body"),
        ("spin", b"[" * 5000, "body"),
        ("spin", b'{"spin_id":"\xed\xa0\x80"}', "body"),
        ("spin", b'{"spin_id":"\\ud800aaaaaaa","bet":"1"}', "body"),
        ("step", b'{"round_id":"1"}', "step"),
        ("step", b'{"round_id":1,"step":1}', "round_id"),
        ("step", b'{"round_id":"1","step":-1}', "step"),
        ("step", b'{"round_id":"1","step":1.5}', "step"),
        ("seed", b'{"client_seed":""}', "client_seed"),
        ("seed", b'{"client_seed":"a:b"}', "client_seed"),
    ],
)
def test_malformed_calls_name_the_field(
    studio: StudioProcess, operator: Operator, path: str, body: bytes, field: str
) -> None:
    player = Player(studio)
    answer = player.http.post(f"{studio.url}/api/{player.session}/{path}", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["field"] == field
    assert operator.calls("BET") == []


def test_what_is_not_there_is_404(studio: StudioProcess) -> None:
    player = Player(studio)
    assert httpx.get(f"{studio.url}/api/nobody/state").status_code == 404
    assert httpx.get(f"{studio.url}/play/nobody").status_code == 404
    assert httpx.get(f"{studio.url}/nowhere").status_code == 404
    assert player.post("step", {"round_id": "9223372036854775807", "step": 0}).status_code == 404
    assert player.http.get(f"{studio.url}/api/{player.session}/history?before=99999999999999999999").status_code == 400
    other = Player(studio)
    mine = player.play()["round"]["id"]
    assert other.post("step", {"round_id": mine, "step": 0}).status_code == 404
    assert other.http.get(f"{studio.url}/api/{other.session}/fairness/{mine}").status_code == 404


def test_a_round_can_be_verified_once_its_seed_is_revealed(studio: StudioProcess) -> None:
    player = Player(studio)
    before = player.get("state")["seeds"]
    round_ = player.play()["round"]
    facts = player.get(f"fairness/{round_['id']}")
    assert facts["server_seed"] is None
    assert facts["commitment"] == before["commitment"]
    revealed = player.post("seed", {"client_seed": "my-own"}).json()
    facts = player.get(f"fairness/{round_['id']}")
    assert facts["server_seed"] == revealed["revealed"]["server_seed"]
    assert hashlib.sha256(facts["server_seed"].encode()).hexdigest() == before["commitment"]
    assert revealed["seeds"]["commitment"] == before["next_commitment"], "the next seed was fixed before mine was known"
    assert revealed["seeds"]["client_seed"] == "my-own"


def test_a_seed_with_an_open_round_is_not_revealed(studio: StudioProcess) -> None:
    player = Player(studio)
    player.arrange_free_spins()
    player.spin()
    refused = player.post("seed", {"client_seed": "peek"})
    assert refused.status_code == 409
    player.launch()
    assert not studio.query(
        "SELECT 1 FROM seeds s JOIN rounds r ON r.seed_id = s.id WHERE r.unfinished AND s.state = 'revealed'"
    )


def test_commands_need_the_right_headers_and_hash(studio: StudioProcess) -> None:
    assert command(studio, "games", {}, headers={"X-Authorization": "0" * 40}).status_code == 403
    assert command(studio, "games", {}, headers={"X-Operator-Id": "other"}).status_code == 403
    assert command(studio, "dance", {}).status_code == 404
    assert result(command(studio, "games", {}, body={"hash": "0" * 40}))["error_code"] == "OP_20"
    assert result(command(studio, "games", {}, raw=b"{"))["error_code"] == "OP_50"
    assert command(studio, "games", {}, raw=b"{").json()["request"] is None
    assert "command" in result(command(studio, "games", {}, body={"command": "roundlog"}))["error_message"]
    assert "token" in result(command(studio, "endsession", {}))["error_message"]
    assert (
        "game_ids" in result(command(studio, "betvalues", {"game_ids": [9], "currency_code": "EUR"}))["error_message"]
    )


def test_games_and_bet_values(studio: StudioProcess) -> None:
    answer = command(studio, "games", {})
    assert answer.json()["request"]["command"] == "games"
    assert result(answer)["games"] == catalogue()
    values = result(command(studio, "betvalues", {"game_ids": [1], "currency_code": "KIDR"}))["values"]
    assert values[:4] == ["2", "4", "10", "20"]


def test_the_catalogue_has_what_an_import_takes() -> None:
    slot = catalogue()[0]
    assert (slot["gameId"], slot["category"], slot["rtp"], slot["hasFreeRound"], slot["funMode"]) == (
        1,
        "slot",
        "96.27",
        True,
        True,
    )
    limits: Any = slot["betLimits"]
    assert limits["standard"]["isDefault"] is True
    assert limits["standard"]["limits"]["EUR"] == {"min": "0.2", "max": "10000"}
    assert limits["low"]["limits"]["EUR"]["max"] == "5"
    assert set(limits["low"]["limits"]) == {"EUR", "USD", "GBP", "THB", "KIDR"}


def read_events(player: Player, wanted: str, act: Any) -> dict[str, Any]:
    """The first event of a kind after `act`."""
    url = f"{player.studio.url}/api/{player.session}/events"
    deadline = time.monotonic() + 15
    with httpx.stream("GET", url, timeout=10) as stream:
        kind, acted = "", False
        for line in stream.iter_lines():
            assert time.monotonic() < deadline, f"no {wanted} event"
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                if kind == wanted:
                    return json.loads(line.removeprefix("data:"))
                if not acted:
                    acted = True
                    act()
    raise AssertionError("the stream ended")


def test_pushes_reach_the_open_page(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    told = {"user_id": player.user, "currency_code": "EUR", "balance": 12.34}
    assert read_events(player, "balance", lambda: command(studio, "balancechanged", told)) == {"balance": "12.34"}
    gone = read_events(player, "ended", lambda: command(studio, "endsession", {"token": player.token, "reason": "x"}))
    assert "logged out" in gone["message"]
    assert player.post("spin", {"spin_id": "too-late-now", "bet": "1"}).status_code == 409
    assert operator.calls("BET") == []


def test_a_quiet_stream_beats(studio: StudioProcess) -> None:
    player = Player(studio)
    assert read_events(player, "heartbeat", lambda: None) == {}


def test_the_log_of_a_round(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    round_ = player.play("2")["round"]
    asked = {"user_id": player.user, "round_id": int(round_["id"]), "transaction_id": None, "history_id": None}
    log = result(command(studio, "roundlog", asked))
    assert log["log_type"] == "table"
    rows = {row["key"]: row["value"] for row in log["rows"]}
    assert rows["Bet"] == "2 EUR"
    assert rows["Win"] == f"{round_['win']} EUR"
    by_win = {"user_id": player.user, "transaction_id": operator.calls("WIN")[0].data["transaction_id"]}
    assert result(command(studio, "roundlog", by_win)) == log
    assert result(command(studio, "roundlog", asked | {"user_id": "someone"}))["log_type"] == "nodata"


def test_secrets_stay_out_of_the_log_and_the_file_is_private(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    operator.fault = lambda kind, data: Fault.WRONG_HASH if kind == "BET" else None
    player.spin()
    operator.behave()
    player.settle()
    eventually(lambda: "without a trustworthy answer" in studio.log(), "the failure is logged")
    assert SECRET not in studio.log()
    assert player.token not in studio.log()
    assert stat.S_IMODE((studio.data_dir / "studio.sqlite3").stat().st_mode) == 0o600
    assert stat.S_IMODE(studio.data_dir.stat().st_mode) == 0o700


def test_a_second_studio_does_not_start_on_the_same_data(studio: StudioProcess, operator: Operator) -> None:
    # It would take the first one's bets for left over, and cancel them.
    command = [
        "--wallet-url",
        operator.url,
        "--operator-id",
        OPERATOR_ID,
        "--data-dir",
        str(studio.data_dir),
        "--port",
        "0",
    ]
    second = subprocess.run(
        [sys.executable, "-m", "pitboss_studio", "run", *command],
        env=os.environ | {"PITBOSS_STUDIO_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert "another studio" in second.stderr.splitlines()[-1]
    assert httpx.get(f"{studio.url}/healthz").status_code == 200


def test_healthz(studio: StudioProcess) -> None:
    assert httpx.get(f"{studio.url}/healthz").text == "ok"
