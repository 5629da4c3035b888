"""Rounds that all are lost, played as a studio plays them: what a broken game looks like."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import httpx

from running_sandbox import RunningSandbox


def lose(sandbox: RunningSandbox, game_code: str, provider_game_id: int, rounds: int) -> None:
    """So many rounds of 0.20 EUR by a new player of the first agent."""
    house = sandbox.credentials["providers"][0]
    username = f"loser{provider_game_id:04}"
    sandbox.result("createPlayer", {"username": username})
    sandbox.result("deposit", {"username": username, "amount": "1000", "currency": "EUR", "requestId": username})
    token = sandbox.launch(username, "EUR", game_code)["token"]

    def sha1(text: str) -> str:
        return hashlib.sha1((text + str(house["secret_key"])).encode()).hexdigest()

    with httpx.Client(timeout=20) as http:

        def send(command: str, data: dict[str, Any]) -> dict[str, Any]:
            stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
            headers = {"X-Authorization": sha1(command), "X-Operator-Id": str(house["operator_id"])}
            body = {"command": command, "request_timestamp": stamp, "hash": sha1(command + stamp), "data": data}
            told: dict[str, Any] = http.post(f"{house['wallet_url']}/{command}", headers=headers, json=body).json()
            assert told["response"]["status"] == "OK", told
            return dict(told["response"]["data"])

        user = send("authenticate", {"token": token})["user_id"]
        for number in range(1, rounds + 1):
            id_ = provider_game_id * 1_000_000 + number
            bet = {
                "token": token, "user_id": user, "transaction_type": "BET", "transaction_id": id_, "round_id": id_,
                "round_finished": True, "game_id": provider_game_id, "currency_code": "EUR", "amount": "0.2",
                "transaction_timestamp": "2026-01-01 00:00:00", "context": {"reason": "SPIN"},
            }  # fmt: skip
            send("changebalance", bet)
