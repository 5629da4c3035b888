"""The seamless demo agent's wallet is a real process: it knows the agent's secret, and its books outlive a restart."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from running_sandbox import RunningSandbox, Studio, running_sandbox


def operator(sandbox: RunningSandbox, *arguments: str) -> str:
    books = str(sandbox.file.parent / "data" / "operator")
    command = [sys.executable, "-m", "pitboss_operator", *arguments, "--data-dir", books]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60)
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
