"""The seamless demo agent's wallet is a real process: it knows the agent's secret, and its books outlive a restart."""

import hashlib
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

from running_sandbox import RunningSandbox, Studio, running_sandbox, wait_until


def operator(sandbox: RunningSandbox, *arguments: str, typed: str = "") -> str:
    books = str(sandbox.file.parent / "data" / "operator")
    command = [sys.executable, "-m", "pitboss_operator", *arguments, "--data-dir", books]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, input=typed)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def seamless(sandbox: RunningSandbox) -> tuple[dict[str, Any], Studio]:
    """The agent, and somebody who calls its wallet with what the credentials say."""
    [agent] = [agent for agent in sandbox.credentials["agents"] if agent["type"] == "seamless"]
    return agent, Studio(agent["wallet_url"], agent["operator_id"], agent["secret_key"])


def test_the_seamless_agent_has_a_wallet_that_lasts(tmp_path: Path) -> None:
    bet = {
        "user_id": "demo01", "transaction_type": "BET", "transaction_id": 10**20 - 1, "round_id": 1, "game_id": 1,
        "currency_code": "EUR", "amount": "12.5",
    }  # fmt: skip
    with running_sandbox(tmp_path, "--workers", "1") as sandbox:
        first, hub = seamless(sandbox)
        bet["token"] = operator(sandbox, "token", "issue", "--player", "demo01")
        assert hub.send("authenticate", {"token": bet["token"]})["data"]["balance"] == 1000
        booked = hub.send("changebalance", bet)
        assert booked["data"] == {"balance": 987.5, "currency_code": "EUR"}
        assert sandbox.stop() == 0
    with running_sandbox(tmp_path, "--workers", "1") as sandbox:
        again, hub = seamless(sandbox)
        assert (again["operator_id"], again["secret_key"]) == (first["operator_id"], first["secret_key"])
        assert hub.send("changebalance", bet)["data"] == booked["data"]
        assert json.loads(operator(sandbox, "player", "show", "demo01", "--json"))["balance"] == "987.5"


def opened(link: str) -> dict[str, Any]:
    """What the studio's page is told when a browser follows the link."""
    with httpx.Client(follow_redirects=True, timeout=20) as browser:
        page = browser.get(link)
        assert page.status_code == 200, page.text
        session = re.fullmatch("/play/([^/]+)", page.url.path)
        assert session is not None, page.url.path
        state: dict[str, Any] = browser.get(page.url.join(f"/api/{session[1]}/state")).json()
    return state


def welcomed(sandbox: RunningSandbox) -> str:
    """The line after the one that names demo01."""
    lines = [line.strip() for line in sandbox.log.read_text().splitlines()]
    told = [after for line, after in pairwise(lines) if line.startswith("Play as demo01 of Cassini Play")]
    return told[0] if told else ""


def test_the_welcome_opens_a_game_of_the_seamless_casino(sandbox: RunningSandbox) -> None:
    link = wait_until(lambda: welcomed(sandbox))
    assert link.startswith(sandbox.base_url + "/?mode=real&")
    assert opened(link)["balance"] == "1000"
    # The figure is the casino's, of now.
    operator(sandbox, "player", "credit", "demo01", "0.5")
    assert opened(link)["balance"] == "1000.5"
    # The casino ends the session: its own word, all the way to the player's page.
    operator(sandbox, "token", "end", httpx.URL(link).params["token"])
    assert httpx.get(link).status_code == 403
    # Its player is one of the hub's now.
    seamless_agent = len(sandbox.credentials["agents"]) - 1
    status = sandbox.result("getPlayerStatus", {"username": "demo01", "agentSystemCurrency": "EUR"}, seamless_agent)
    assert status["active"] is True


def test_launch_game_of_the_seamless_casino(sandbox: RunningSandbox) -> None:
    """The casino calls launchGame, keeps the token, and its wallet is asked with it."""
    seamless_agent = len(sandbox.credentials["agents"]) - 1
    assert sandbox.result("createPlayer", {"username": "demo02"}, seamless_agent) == {}
    game = sandbox.result("games", {}, seamless_agent)["items"][0]["id"]
    body = {"username": "demo02", "isMobile": False, "gameId": game, "currency": "EUR", "playerIp": "127.0.0.1"}
    launched = sandbox.result("launchGame", body, seamless_agent)
    # Not known to the wallet yet: nobody gets in.
    assert httpx.get(launched["url"], follow_redirects=True).status_code >= 400
    operator(sandbox, "token", "accept", "--player", "demo02", typed=launched["token"] + "\n")
    assert opened(launched["url"])["balance"] == "1000"


def test_the_lists_of_the_seamless_casino(sandbox: RunningSandbox) -> None:
    agent, _ = seamless(sandbox)

    def listed(name: str) -> list[dict[str, Any]]:
        signature = hashlib.sha1(f"{name}{agent['operator_id']}{agent['secret_key']}".encode()).hexdigest()
        headers = {"X-Operator-Id": agent["operator_id"], "X-Authorization": signature}
        told = sandbox.http.get(f"/api/generic/{name}/list/all", headers=headers).json()
        found: list[dict[str, Any]] = told[name]
        return found

    games = listed("games")
    assert {game["vendor"] for game in games} == {"house"} and all(game["enabled"] == 1 for game in games)
    assert len(games) == len(sandbox.result("games", {}, len(sandbox.credentials["agents"]) - 1)["items"])
    assert [lobby["lobby_id"] for lobby in listed("lobbies")] == ["house"]
