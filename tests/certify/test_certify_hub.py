"""The hub is an operator towards its studios: the battery certifies its own side of the wallet protocol, over a real sandbox."""

import json
from pathlib import Path

from casino import run_certify, verdicts

from running_sandbox import RunningSandbox, Studio, running_sandbox


def _player(sandbox: RunningSandbox, studio: Studio, username: str) -> tuple[str, str, str]:
    """user_id, token and the studio's game of a new player with 100 EUR."""
    sandbox.result("createPlayer", {"username": username})
    sandbox.result("deposit", {"username": username, "amount": "100", "currency": "EUR"})
    launch = sandbox.launch(username, "EUR", "house_00001")
    identity = studio.send("authenticate", {"token": launch["token"]})["data"]
    return identity["user_id"], launch["token"], launch["game_id"]


def test_the_hubs_operator_side_is_certified(tmp_path: Path) -> None:
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        house = sandbox.credentials["providers"][0]
        studio = Studio(house["wallet_url"], house["operator_id"], house["secret_key"])
        (user, token, game), (second, second_token, _), (blocked, blocked_token, _), (_, expired, _) = (
            _player(sandbox, studio, name) for name in ("certa", "certb", "certc", "certd")
        )
        agent = str(sandbox.agent["agent_id"])
        assert sandbox.cli("player", "block", "--agent", agent, "certc").returncode == 0
        assert sandbox.cli("session", "end", "--agent", agent, "certd").returncode == 0
        file = tmp_path / "r.json"
        done = run_certify(
            house["wallet_url"], "--operator-id", house["operator_id"], "--user", user, "--token", token, "--game-id", game,
            "--second-user", second, "--second-token", second_token, "--blocked-user", blocked, "--blocked-token", blocked_token,
            "--expired-token", expired, "--json", str(file), secret=house["secret_key"],
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        report = json.loads(file.read_text())
        # Promotional stakes are of campaigns the hub granted; here is none.
        assert verdicts(report, "not run") <= {
            "promo.free-spin-of-zero", "promo.free-spin-with-a-stake", "promo.free-spin-win-is-paid",
        }  # fmt: skip
        assert sandbox.balance("certa") == "100"
        assert sandbox.cli("verify").returncode == 0
