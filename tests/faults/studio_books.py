"""The house studio's store and the hub's, put side by side: every round must be the same story in both."""

import json
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from running_sandbox import RunningSandbox

UNITS = {"KIDR": ("IDR", 1000)}
"""What the house counts in a unit of its own, and how much of the currency that is (the sandbox contract)."""


def pending(data_dir: Path) -> list[dict[str, Any]]:
    """What the studio's own command says is not finished."""
    command = [sys.executable, "-m", "pitboss_studio", "pending", "--data-dir", str(data_dir), "--json"]
    told: list[dict[str, Any]] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return told


def unsettled(data_dir: Path) -> dict[str, str]:
    """Rounds whose bet has no outcome yet, by what they wait for: a second cancel after the outcome is none of them, and in free
    spins it is the player's turn."""
    return {one["round_id"]: one["what"] for one in pending(data_dir) if one["what"] not in ("CONFIRM", "PLAY")}


def studio_rounds(data_dir: Path) -> list[dict[str, Any]]:
    """All rounds for real money."""
    with sqlite3.connect(data_dir / "studio.sqlite3", timeout=10) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute(
            "SELECT r.*, p.user_id FROM rounds r JOIN players p ON p.id = r.player_id WHERE p.mode = 'real'"
        )
        return [dict(row) for row in rows]


def hub_transactions(sandbox: RunningSandbox) -> dict[int, dict[str, Any]]:
    """The house's transactions by the studio's id; amounts in minor units, cancels themselves left out."""
    rows = sandbox.fetch(
        "SELECT t.provider_tx_id, t.kind, t.state, t.real_amount + t.bonus_amount AS amount, t.round_id, w.currency,"
        " w.user_in_game, c.scale FROM transaction t JOIN provider p ON p.id = t.provider_id"
        " JOIN wallet w ON w.agent_id = t.agent_id AND w.id = t.wallet_id JOIN currency c ON c.code = w.currency"
        " WHERE p.code = 'house' AND NOT t.is_cancel"
    )
    return {int(row["provider_tx_id"]): dict(row) for row in rows}


def bets_without_outcome(sandbox: RunningSandbox) -> list[str]:
    """The hub's view alone: bets that stand in a round that has no win and is not finished."""
    rows = sandbox.fetch(
        "SELECT t.provider_tx_id, t.round_id FROM transaction t JOIN provider p ON p.id = t.provider_id"
        " WHERE p.code = 'house' AND t.kind = 'bet' AND t.state = 'ok' AND NOT t.is_cancel AND NOT EXISTS ("
        "  SELECT 1 FROM transaction w JOIN round r ON r.agent_id = w.agent_id AND r.provider_id = w.provider_id"
        "   AND r.wallet_id = w.wallet_id AND r.round_id = w.round_id AND r.finished"
        "  WHERE w.agent_id = t.agent_id AND w.provider_id = t.provider_id AND w.wallet_id = t.wallet_id"
        "   AND w.round_id = t.round_id AND w.kind = 'win' AND w.state = 'ok')"
    )
    return [f"bet {row['provider_tx_id']} of round {row['round_id']}" for row in rows]


def differences(sandbox: RunningSandbox, data_dir: Path) -> list[str]:
    """One line for every round the two tell differently, and for everything only one of them knows."""
    known = hub_transactions(sandbox)
    problems = []
    for round_ in studio_rounds(data_dir):
        bet, win = known.pop(round_["bet_transaction"], None), known.pop(round_["win_transaction"], None)
        problems += [f"round {round_['id']} ({round_['state']}): {problem}" for problem in _compare(round_, bet, win)]
    return problems + [f"transaction {tx}: the studio has no such" for tx in known]


def _compare(round_: dict[str, Any], bet: dict[str, Any] | None, win: dict[str, Any] | None) -> list[str]:
    state = round_["state"]
    if state == "settled":
        return _moved("bet", bet, round_, -Decimal(round_["stake"])) + _moved(
            "win", win, round_, Decimal(round_["win"])
        )
    problems = [f"has a win in the hub: {win}"] if win is not None else []
    if state == "canceled" and bet is not None and bet["state"] not in ("canceled", "tombstone", "refused"):
        problems.append(f"its bet stands in the hub: {bet}")
    elif state == "bet_refused" and bet is not None and bet["state"] != "refused":
        problems.append(f"its bet is {bet['state']} in the hub")
    elif state not in ("canceled", "bet_refused"):
        problems.append("is not finished")
    return problems


def _moved(kind: str, found: dict[str, Any] | None, round_: dict[str, Any], amount: Decimal) -> list[str]:
    """`amount`: what the studio says, in its units; the hub's is in minor units of the player's currency."""
    if found is None:
        return [f"its {kind} is not in the hub"]
    currency, factor = UNITS.get(round_["currency"], (round_["currency"], 1))
    expected = (kind, "ok", amount * factor, currency, str(round_["id"]), round_["user_id"])
    booked = Decimal(int(found["amount"])).scaleb(-found["scale"])
    told = (found["kind"], found["state"], booked, found["currency"], found["round_id"], found["user_in_game"])
    return [] if told == expected else [f"the studio says {expected}, the hub {told}"]
