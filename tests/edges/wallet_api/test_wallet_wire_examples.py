"""Every command, OK and with each error a studio can meet: bytes in, answer out, both written by hand from the document."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wallet_world import OPERATOR_ID, World, http

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXAMPLES = Path(__file__).parents[3] / "wire_examples" / "wallet"
ANSWERED_AT = datetime(2026, 3, 14, 9, 26, 53, 999_999, tzinfo=UTC)

# sha1(command + "a-secret-of-the-studio"), by sha1sum(1).
X_AUTHORIZATION = {
    "authenticate": "3518f2a73508ccfe4c05325b6c31d2d74fb7c6bd",
    "balance": "22a32a3a62c35396b435b08f7951b0758e84028f",
    "changebalance": "b444ea0d07c7196b7285a54c40ec49fd6257ba5f",
    "status": "a82f67318a6452710673aac111fa05b836488105",
    "cancel": "799cd0538a00b6fade9cfe84829fa6efcbb9f350",
    "finishround": "cc03ab46665c4243b6ef233a54da37252469aa0b",
}

# Player: cents at the opening, and what else is special.
PLAYERS: dict[str, dict[str, Any]] = {
    "authent0001": {"cents": 42076, "username": "maria", "country": "AT"},
    "authent0002": {"username": "jonas"},
    "authent0003": {},
    "authent0004": {},
    "authent0005": {"country": "FR"},
    "balance0001": {"cents": 32710},
    "balance0002": {},
    "betting0001": {"cents": 10000},
    "betting0002": {"cents": 10000},
    "betting0003": {"cents": 10000},
    "betting0004": {"cents": 10000},
    "refunds0001": {"cents": 10000},
    "refunds0002": {"cents": 10000},
    "cancels0001": {"cents": 10000},
    "cancels0002": {"cents": 10000},
    "cancels0003": {},
    "finishr0001": {"cents": 10000},
}
BLOCKED = ("authent0004", "balance0002", "betting0004")

# In the order they are played; each names what it needs by standing below it.
STORY = """
authenticate-ok authenticate-ok-defaults authenticate-op20 authenticate-op20-too-old authenticate-op21
authenticate-op22-blocked authenticate-op22-country authenticate-op50 authenticate-op50-not-json
balance-ok balance-op20 balance-op21 balance-op30 balance-op33 balance-op34 balance-op50
bet-ok bet-repeated bet-op40 status-ok win-ok bet-op49-round-finished bet-repeated
bet-ok-beyond-64-bits win-ok-nothing
bet-op20 bet-op21 bet-op30 bet-op31 bet-op32 bet-op33 bet-op34 bet-op35 bet-op50-decimals win-op34
bet-to-refund refund-ok refund-op49
cancel-op41-and-remembered bet-op49-canceled-before cancel-op41-and-remembered
bet-to-cancel cancel-ok cancel-repeated cancel-op20 cancel-op34 cancel-op50
win-to-be-spent bet-that-spends-it cancel-op49-money-spent
status-error status-canceled status-op20 status-op34 status-op41 status-op41-of-another-player status-op50
bet-in-round-to-finish finishround-ok finishround-repeated
finishround-op20 finishround-op34 finishround-op41 finishround-op50
""".split()


async def test_every_example(world: World) -> None:
    for name, opening in PLAYERS.items():
        player = await world.player(player_id=f"2sjcc{name}", token=f"2sjcc{name}LaunchOne", **opening)
        if name in BLOCKED:
            await world.block(player)
    await world.owner.execute("UPDATE player SET display_name = 'Maria K.' WHERE username = 'maria'")
    world.at(ANSWERED_AT)
    for case in STORY:
        request, answer = (EXAMPLES / case / f"{name}.json" for name in ("request", "answer"))
        command = command_of(case)
        headers = {"X-Authorization": X_AUTHORIZATION[command], "X-Operator-Id": OPERATOR_ID}
        reply = await http(world.api, "POST", f"/wallet/{command}", headers, request.read_bytes())
        assert reply.status == 200, case
        assert reply.headers["content-type"] == "application/json; charset=utf-8"
        assert tokens(reply.body) == tokens(answer.read_bytes()), case


async def test_no_example_is_left_out() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == set(STORY)


def command_of(case: str) -> str:
    command = case.partition("-")[0]
    return "changebalance" if command in ("bet", "win", "refund") else command


def tokens(body: bytes) -> Any:
    """JSON with the order of its members and the digits of its numbers."""
    return json.loads(
        body, object_pairs_hook=list, parse_float=lambda d: ("number", d), parse_int=lambda d: ("number", d)
    )
