"""Several faults at once: the first in the order of judgement is told (wallet protocol, "Order of judgement")."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wallet_world import Player, World

pytestmark = pytest.mark.asyncio(loop_scope="module")

# In the protocol's order; each fault is a change to a good BET, to the envelope, or to the player.
FAULTS: dict[str, dict[str, Any]] = {
    "OP_50": {"data": {"round_id": "x"}},
    "OP_20": {"envelope": {"hash": "0" * 40}},
    "OP_21": {"data": {"token": "2sjccNobodyHasThisToken"}},
    "OP_34": {"data": {"user_id": "2sjccnobodyatall-EUR"}},
    "OP_33": {"player": "blocked"},
    "OP_30": {"data": {"currency_code": "USD"}},
    "OP_35": {"data": {"game_id": 999}},
    "OP_49": {"player": "round finished"},
    "OP_32": {"data": {"game_id": 46, "amount": "50.01"}},
    "OP_31": {"data": {"amount": "9999"}},
}
ORDER = list(FAULTS)


@pytest.mark.parametrize("first", range(len(ORDER)))
async def test_the_first_fault_is_told(world: World, first: int) -> None:
    # Each fault with every one below it, and with all of them.
    for second in [*range(first, len(ORDER)), None]:
        faults = ORDER[first:] if second is None else [ORDER[first], ORDER[second]]
        reply = await bet_with(world, faults)
        assert reply == ORDER[first], faults


async def bet_with(world: World, faults: list[str]) -> str:
    player = await world.player(10000)
    data: dict[str, Any] = {}
    envelope: dict[str, Any] = {}
    # The fault that comes first wins where two change the same member.
    for code in reversed(faults):
        data |= FAULTS[code].get("data", {})
        envelope |= FAULTS[code].get("envelope", {})
    if "OP_49" in faults:
        ended = await world.change("WIN", player, f"7{world.hub.arrivals.number()}", "0", round_finished=True)
        assert ended.code == "OK"
    if "OP_33" in faults:
        await world.block(player)
    members = {
        "transaction_type": "BET", "amount": "1", "currency_code": "EUR", "transaction_id": world.hub.arrivals.number(),
        "round_id": 1727, "round_finished": False, "game_id": 200, "user_id": player.user_id, "token": player.token,
    } | data  # fmt: skip
    return (await world.call("changebalance", members, **envelope)).code


async def test_a_known_id_is_judged_before_the_session_the_player_and_the_game(world: World) -> None:
    player = await world.player(10000)
    first = await world.change("BET", player, 6001, "1")
    other = await world.player(10000)
    await world.block(player)
    await world.end_session(player)
    again = await world.change("BET", player, 6001, "1")
    assert again.raw_data == first.raw_data
    assert (await world.change("BET", player, 6001, "1", token=None)).raw_data == first.raw_data
    assert (await world.change("BET", player, 6001, "2", token="2sjccNobodyHasThisToken")).code == "OP_40"
    assert (await world.change("BET", other, 6001, "1")).code == "OP_40"
    assert (await world.change("BET", player, 6001, "1", currency_code="USD")).code == "OP_40"
    unknown = {"user_id": "2sjccnobodyatall-EUR"}
    for kind in ("BET", "WIN", "REFUND"):
        assert (await world.change(kind, player, 6001, "1", **unknown)).code == "OP_40"
        assert (await world.change(kind, player, 6001, "1", user_id="whoever")).code == "OP_40"
    assert (await world.change("BET", player, 6002, "1")).code == "OP_21"
    assert (await world.change("WIN", player, 6002, "1", **unknown)).code == "OP_34"


async def test_balance_is_judged_in_order(world: World) -> None:
    player, other = await world.player(100), await world.player(100)
    good = {"token": player.token, "user_id": player.user_id, "currency_code": "EUR"}
    unknown = {"user_id": "2sjccnobodyatall-EUR"}
    foreign = {"currency_code": "USD"}
    await world.block(player)
    assert (await world.call("balance", good | {"token": "x"} | unknown | foreign)).code == "OP_21"
    assert (await world.call("balance", good | {"user_id": other.user_id} | foreign)).code == "OP_21"
    assert (await world.call("balance", good | unknown | foreign)).code == "OP_34"
    assert (await world.call("balance", good | {"user_id": "someone"} | foreign)).code == "OP_34"
    assert (await world.call("balance", good | foreign)).code == "OP_33"
    await world.block(player, False)
    assert (await world.call("balance", good | foreign)).code == "OP_30"
    assert (await world.call("balance", good | {"currency_code": "ZZZ"})).code == "OP_30"


@pytest.mark.parametrize(("age", "code"), [(86_400, "OK"), (86_401, "OP_20"), (-86_400, "OK"), (-86_401, "OP_20")])
async def test_old_requests_of_what_starts_something_new_are_refused(world: World, age: int, code: str) -> None:
    """To the second, by a clock that stands: what is judged takes time."""
    arrived = datetime.now(UTC).replace(microsecond=0)
    with world.standing(arrived):
        await judged(world, f"{arrived - timedelta(seconds=age):%Y-%m-%d %H:%M:%S}", code)


async def judged(world: World, stamp: str, code: str) -> None:
    player = await world.player(10000)
    number = world.hub.arrivals.number
    token = {"token": player.token}
    session = token | {"user_id": player.user_id, "currency_code": "EUR"}
    assert (await world.call("authenticate", token, request_timestamp=stamp)).code == code
    assert (await world.call("balance", session, request_timestamp=stamp)).code == code
    assert (await bet_at(world, player, number(), "BET", stamp)) == code
    # What must happen in the end is brought again for days, as the bytes it first was.
    bet = number()
    assert (await bet_at(world, player, bet, "BET", now())) == "OK"
    assert (await bet_at(world, player, number(), "WIN", stamp)) == "OK"
    assert (await bet_at(world, player, number(), "REFUND", stamp)) == "OK"
    of_bet = {"user_id": player.user_id, "transaction_id": bet, "round_id": 1727}
    status = of_bet | {"transaction_type": "BET"}
    assert (await world.call("status", status, request_timestamp=stamp)).code == "OK"
    round_ = {"user_id": player.user_id, "round_id": 1727, "game_id": 200}
    assert (await world.call("finishround", round_, request_timestamp=stamp)).code == "OK"
    of_unknown = of_bet | {"transaction_id": number(), "game_id": 200}
    assert (await world.call("cancel", of_unknown, request_timestamp=stamp)).code == "OP_41"


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"


async def bet_at(world: World, player: Player, transaction_id: int, kind: str, stamp: str) -> str:
    data = {
        "transaction_type": kind, "amount": "0.5", "currency_code": "EUR", "transaction_id": transaction_id, "round_id": 1727,
        "game_id": 200, "user_id": player.user_id, "token": player.token,
    }  # fmt: skip
    return (await world.call("changebalance", data, request_timestamp=stamp)).code


@pytest.mark.parametrize("command", ["authenticate", "balance", "changebalance", "status", "cancel", "finishround"])
async def test_every_command_checks_its_hash(world: World, command: str) -> None:
    player = await world.player(100)
    data = {
        "transaction_type": "WIN", "amount": "1", "currency_code": "EUR", "transaction_id": 1, "round_id": 1, "game_id": 200,
        "user_id": player.user_id, "token": player.token,
    }  # fmt: skip
    for wrong in ("", "0" * 40, "é"):
        assert (await world.call(command, data, hash=wrong)).code == "OP_20"
    assert (await world.call(command, data)).code != "OP_20"
