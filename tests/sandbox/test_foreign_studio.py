"""A studio nobody here wrote is attached by the command line and plays, with no restart of anything."""

import json
from pathlib import Path

from running_sandbox import RunningSandbox, Studio, wait_until

GAMES = [
    {"gameId": 12, "name": "Comet Run", "category": "slot", "rtp": "95.5", "betValues": {"EUR": ["0.2", "1"]}},
    {"gameId": 13, "name": "Quiet Table", "category": "table"},
]


def test_attach_and_play(sandbox: RunningSandbox, tmp_path: Path) -> None:
    created = sandbox.cli(
        "provider", "create", "--id", "acme", "--secret", "correct horse battery staple", "--launch-url", "https://acme.example/go",
        "--unit", "KIDR=IDR:1000", "--json",
    )  # fmt: skip
    assert created.returncode == 0, created.stderr
    acme = json.loads(created.stdout)
    assert (acme["id"], acme["wallet_url"]) == ("acme", f"{sandbox.base_url}/wallet")
    listed = tmp_path / "games.json"
    listed.write_text(json.dumps(GAMES))
    imported = sandbox.cli("provider", "games", "import", "--provider", "acme", str(listed))
    assert imported.returncode == 0, imported.stderr

    games = wait_until(lambda: sandbox.result("games", {"query": "Comet", "providerId": "acme"})["items"])
    launched = sandbox.launch("aurora03", "IDR", games[0]["id"])
    assert launched["url"].startswith("https://acme.example/go?")
    assert (launched["game_id"], launched["currency"], launched["operator_id"]) == ("12", "KIDR", acme["operator_id"])

    studio = Studio(acme["wallet_url"], acme["operator_id"], acme["secret_key"])
    player = studio.send("authenticate", {"token": launched["token"]})["data"]
    assert (player["user_name"], player["currency_code"], player["balance"]) == ("aurora03", "KIDR", 16000)
    change = {
        "token": launched["token"], "user_id": player["user_id"], "round_id": 900, "round_finished": False, "game_id": 12,
        "currency_code": "KIDR", "transaction_timestamp": "2026-01-01 00:00:00", "context": {"reason": "SPIN"},
    }  # fmt: skip
    bet = studio.send("changebalance", change | {"transaction_type": "BET", "transaction_id": 1, "amount": 1.6})
    assert (bet["status"], bet["data"]) == ("OK", {"balance": 15998.4, "currency_code": "KIDR"})
    assert sandbox.balance("aurora03", "IDR") == "15998400"
    win = studio.send(
        "changebalance", change | {"transaction_type": "WIN", "transaction_id": 2, "amount": 4, "token": None}
    )
    assert win["data"]["balance"] == 16002.4
    undone = studio.send("cancel", change | {"transaction_id": 2})
    assert undone["data"]["transaction_status"] == "CANCELED"
    assert sandbox.balance("aurora03", "IDR") == "15998400"

    items = sandbox.result("history", {"username": "aurora03"})["currencyGroup"]["EUR"]["items"]
    told = [
        (i["txType"]["label"], i["amount"]["amount"]["playerAmount"], i["amount"]["amount"]["providerAmount"])
        for i in items
    ]
    assert told == [("Cancel", "-4000", "-4"), ("Settle", "4000", "4"), ("Bet", "-1600", "-1.6")]
    assert sandbox.cli("verify").returncode == 0


def test_a_rotated_secret_locks_the_old_one_out(sandbox: RunningSandbox) -> None:
    house = sandbox.credentials["providers"][0]
    wrong = Studio(house["wallet_url"], house["operator_id"], "not the secret")
    token = sandbox.launch("aurora04", "EUR", "house_00001")["token"]
    try:
        wrong.send("authenticate", {"token": token})
    except AssertionError as error:
        assert "Access denied" in str(error)  # noqa: PT017 - the studio's own check is what is looked at
    else:
        raise AssertionError("a wrong secret was let in")
