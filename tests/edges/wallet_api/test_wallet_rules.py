"""What each command does to a player's money, seen from the studio (wallet protocol, "Commands, operator side")."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog

from wallet_world import Player, Reply, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def of(player: Player, transaction_id: Any, **more: Any) -> dict[str, Any]:
    return {"user_id": player.user_id, "transaction_id": transaction_id, "round_id": 1727, "game_id": 200} | more


async def status(world: World, player: Player, transaction_id: Any) -> str:
    reply = await world.call("status", of(player, transaction_id, transaction_type="BET"))
    return str(reply.data["transaction_status"]) if reply.code == "OK" else reply.code


async def cancel(world: World, player: Player, transaction_id: Any, **more: Any) -> Reply:
    return await world.call("cancel", of(player, transaction_id, **more))


async def test_a_studio_counts_in_its_own_unit(world: World) -> None:
    # 250,000 rupiah are 250 KIDR; a hundredth of a rupiah has five decimals there.
    player = await world.player(25_000_000, currency="IDR")
    kidr = {"currency_code": "KIDR"}
    told = await world.call("authenticate", {"token": player.token})
    assert (told.data["balance"], told.data["currency_code"]) == (250, "KIDR")
    assert (await world.change("BET", player, 100, "1.50001", **kidr)).data == {
        "balance": Decimal("248.49999"),
        "currency_code": "KIDR",
    }
    assert await world.balance(player) == 24_849_999
    assert (await world.change("BET", player, 101, "1.000001", **kidr)).data["error_code"] == "OP_50"
    # A studio that counts in KIDR does not mean rupiah by IDR.
    assert (await world.change("BET", player, 102, "1", currency_code="IDR")).code == "OP_30"
    balance = {"token": player.token, "user_id": player.user_id, "currency_code": "KIDR"}
    assert (await world.call("balance", balance)).data == {"balance": Decimal("248.49999"), "currency_code": "KIDR"}
    assert (await world.call("balance", balance | {"currency_code": "IDR"})).code == "OP_30"


async def test_a_currency_without_decimals(world: World) -> None:
    player = await world.player(1000, currency="JPY")
    assert (await world.change("BET", player, 110, "0.5", currency_code="JPY")).code == "OP_50"
    reply = await world.change("BET", player, 111, "1.0", currency_code="JPY")
    assert b'"balance":999,' in reply.body


async def test_the_echo_and_the_ids_return_as_they_came(world: World) -> None:
    player = await world.player(100)
    await world.change("BET", player, "000120", "1")
    reply = await world.call("status", of(player, "00120", transaction_type="BET"))
    assert reply.data == {"user_id": player.user_id, "transaction_id": "00120", "transaction_status": "OK"}
    reply = await cancel(world, player, 120)
    assert reply.data == {"user_id": player.user_id, "transaction_id": 120, "transaction_status": "CANCELED"}


async def test_a_bet_needs_its_own_live_session(world: World) -> None:
    player, other = await world.player(1000), await world.player(1000)
    past = datetime.now(UTC) - timedelta(seconds=1)
    expired = await world.player(1000, expires_at=past)
    elsewhere = await world.player(1000, provider_id=world.hub.live.current.providers_by_code["other"].id)
    assert (await world.change("BET", player, 130, "1", token=other.token)).code == "OP_21"
    assert (await world.change("BET", player, 130, "1", token="")).code == "OP_21"
    assert (await world.change("BET", expired, 130, "1")).code == "OP_21"
    assert (await world.change("BET", elsewhere, 130, "1")).code == "OP_21"
    for late in (expired, elsewhere):
        assert (await world.call("authenticate", {"token": late.token})).code == "OP_21"
    # None of it was a verdict: the same id may still happen.
    assert (await world.change("BET", player, 130, "1")).code == "OK"


async def test_no_wallet_but_a_players_can_be_named(world: World) -> None:
    player = await world.player(1000)
    for name in (
        "agent-EUR",
        player.player_id,
        player.user_id.lower(),
        f" {player.user_id}",
        f"{player.player_id}-",
        "",
    ):
        more = {"user_id": name}
        assert (await world.change("BET", player, 135, "1", **more)).code == "OP_34", name
        assert (await world.change("WIN", player, 135, "1", **more)).code == "OP_34", name
        assert (await world.call("status", of(player, 135, transaction_type="BET") | more)).code == "OP_34", name
        assert (await cancel(world, player, 135, **more)).code == "OP_34", name
    assert (await world.change("BET", player, 135, "1")).code == "OK"


async def test_refused_bets_stay_refused_after_a_deposit(world: World) -> None:
    player = await world.player(100)
    refused = await world.change("BET", player, 140, "5")
    assert refused.code == "OP_31"
    await world.deposit(player, 1000)
    again = await world.change("BET", player, 140, "5.00")
    assert again.raw_data == refused.raw_data
    assert (await world.change("BET", player, 140, "4")).code == "OP_40"
    assert await status(world, player, 140) == "ERROR"
    reply = await cancel(world, player, 140)
    assert reply.data["transaction_status"] == "CANCELED"
    assert await world.balance(player) == 1100


@pytest.mark.parametrize(
    ("cause", "data"),
    [
        ("OP_33", {}),
        ("OP_30", {"currency_code": "USD"}),
        ("OP_35", {"game_id": 999}),
        ("OP_49", {"round_id": 1728}),
        ("OP_32", {"game_id": 46, "amount": "50.01"}),
        ("OP_31", {"amount": "100.01"}),
    ],
)
async def test_every_verdict_is_remembered(world: World, cause: str, data: dict[str, Any]) -> None:
    player = await world.player(10000)
    bet = world.hub.arrivals.number()
    if cause == "OP_49":
        await world.change("WIN", player, world.hub.arrivals.number(), "0", round_id=1728, round_finished=True)
    if cause == "OP_33":
        await world.block(player)
    amount = data.get("amount", "1")
    more = {name: value for name, value in data.items() if name != "amount"}
    assert (await world.change("BET", player, bet, amount, **more)).code == cause
    await world.block(player, False)
    await world.deposit(player, 100_000)
    assert (await world.change("BET", player, bet, amount, **more)).code == cause
    assert await status(world, player, bet) == "ERROR"


async def test_late_wins_are_paid_and_flagged(world: World) -> None:
    """R6: after the session has ended, on a blocked player, in a finished round, without a bet before."""
    player = await world.player(1000)
    await world.change("BET", player, 150, "10", round_finished=True)
    await world.end_session(player)
    await world.block(player)
    for attempt in range(2):
        assert (await world.change("WIN", player, 151, "25")).data["balance"] == 25, attempt
    assert (await world.change("WIN", player, 152, "1.5", token=None, round_id=99)).code == "OK"
    assert (await world.change("REFUND", player, 153, "10", token="x")).code == "OK"
    assert await world.balance(player) == 3650
    review = await world.owner.fetch(
        "SELECT provider_tx_id, review FROM transaction WHERE wallet_id = $1 AND review IS NOT NULL ORDER BY 1",
        player.wallet_id,
    )
    assert [tuple(row) for row in review] == [
        ("151", "round_finished,player_blocked"),
        ("152", "no_bet_before,player_blocked"),
        ("153", "round_finished,player_blocked"),
    ]


async def test_cancel_before_the_bet(world: World) -> None:
    """R6: the tombstone refuses the bet for ever."""
    player, other = await world.player(1000), await world.player(1000)
    assert (await cancel(world, player, 160)).code == "OP_41"
    for kind in ("BET", "WIN", "REFUND"):
        assert (await world.change(kind, player, 160, "1")).code == "OP_49"
    assert await status(world, player, 160) == "OP_41"
    assert (await cancel(world, player, 160)).code == "OP_41"
    assert await world.balance(player) == 1000
    # Another player's transaction is no transaction of this one, and asking leaves no trace.
    await world.change("BET", player, 161, "1")
    assert (await cancel(world, other, 161)).code == "OP_41"
    assert await status(world, other, 161) == "OP_41"
    assert await status(world, player, 161) == "OK"


async def test_two_cancels_move_money_once(world: World) -> None:
    player = await world.player(1000)
    await world.change("BET", player, 170, "4")
    for _ in range(3):
        assert (await cancel(world, player, 170)).data["transaction_status"] == "CANCELED"
        assert await world.balance(player) == 1000
    assert await status(world, player, 170) == "CANCELED"
    assert (await world.change("BET", player, 170, "4")).code == "OP_49"


async def test_a_cancel_of_another_round_or_game_is_done_and_logged(world: World) -> None:
    player = await world.player(1000)
    for bet, other in (
        (171, {"round_id": 5}),
        (172, {"game_id": 46}),
        (173, {"game_id": 999, "round_id": "1727"}),
        (174, {}),
    ):
        await world.change("BET", player, bet, "4")
        for _ in range(2):
            with structlog.testing.capture_logs() as lines:
                assert (await cancel(world, player, bet, **other)).data["transaction_status"] == "CANCELED"
            logged = [line["transaction_id"] for line in lines if "another_round" in line["event"]]
            assert logged == ([str(bet)] if bet < 173 else [])
    assert await world.balance(player) == 1000


async def test_a_win_is_not_taken_back_below_zero(world: World) -> None:
    player = await world.player(0)
    await world.change("WIN", player, 180, "5")
    await world.change("BET", player, 181, "4")
    assert (await cancel(world, player, 180)).code == "OP_49"
    assert await status(world, player, 180) == "OK"
    await world.configure("UPDATE agent SET allow_negative = true")
    assert (await cancel(world, player, 180)).data["transaction_status"] == "CANCELED"
    await world.configure("UPDATE agent SET allow_negative = false")
    assert await world.balance(player) == -400
    assert (await world.change("WIN", player, 180, "5")).code == "OP_49"
    assert (await world.change("BET", player, 182, "0.01")).code == "OP_31"


async def test_never_more_is_returned_than_was_staked(world: World) -> None:
    player = await world.player(1000)
    assert (await world.change("REFUND", player, 190, "3")).code == "OP_49"
    await world.change("BET", player, 191, "3")
    await world.change("BET", player, 192, "2")
    # A refund that overtook its bet was not remembered.
    assert (await world.change("REFUND", player, 190, "3")).code == "OK"
    assert (await world.change("REFUND", player, 193, "2.01")).code == "OP_49"
    assert (await cancel(world, player, 191)).code == "OP_49"
    assert (await cancel(world, player, 192)).code == "OK"
    assert (await world.change("REFUND", player, 194, "0.01")).code == "OP_49"
    assert (await world.change("REFUND", player, 195, "0.01", round_id=5)).code == "OP_49"
    # A refund undone gives its part of the round free again.
    assert (await cancel(world, player, 190)).code == "OK"
    assert await world.balance(player) == 700
    assert (await cancel(world, player, 191)).code == "OK"
    assert await world.balance(player) == 1000


@pytest.mark.parametrize(
    ("kind", "amount", "finished", "closes"),
    [
        ("BET", "1", None, False),
        ("BET", "1", True, True),
        ("WIN", "1", None, False),
        ("WIN", "0", None, True),
        ("WIN", "0", False, False),
        ("WIN", "1", True, True),
        ("REFUND", "0.5", None, False),
        ("REFUND", "0.5", True, True),
    ],
)
async def test_when_a_round_closes(world: World, kind: str, amount: str, finished: bool | None, closes: bool) -> None:
    player, number = await world.player(1000), world.hub.arrivals.number
    await world.change("BET", player, number(), "1")
    assert (await world.change(kind, player, number(), amount, round_finished=finished)).code == "OK"
    assert (await world.change("BET", player, number(), "1")).code == ("OP_49" if closes else "OK")


async def test_a_round_is_shared_by_players_each_with_its_own_part(world: World) -> None:
    one, two = await world.player(1000), await world.player(1000)
    for player in (one, two):
        assert (await world.change("BET", player, world.hub.arrivals.number(), "1", round_id=777)).code == "OK"
    finish = {"round_id": 777, "game_id": 200}
    assert (await world.call("finishround", finish | {"user_id": one.user_id})).code == "OK"
    assert (await world.change("BET", one, world.hub.arrivals.number(), "1", round_id=777)).code == "OP_49"
    assert (await world.change("BET", two, world.hub.arrivals.number(), "1", round_id=777)).code == "OK"


async def test_who_may_enter(world: World) -> None:
    async def enters(**player: Any) -> str:
        return (await world.call("authenticate", {"token": (await world.player(**player)).token})).code

    assert await enters() == "OK"
    assert await enters(country="FR") == "OP_22"
    assert await enters(country="MT") == "OK"
    assert await enters(country="MT", game=7) == "OP_22"
    assert await enters(country="MT", game=None) == "OK"
    await world.configure("UPDATE agent SET default_country = 'FR'")
    assert (await enters(), await enters(country="DE")) == ("OP_22", "OK")
    await world.configure("UPDATE agent SET default_country = 'DE', active = false")
    assert await enters() == "OP_22"
    player = await world.player(1000)
    assert (await world.change("BET", player, world.hub.arrivals.number(), "1")).code == "OP_33"
    assert (await world.change("WIN", player, world.hub.arrivals.number(), "1")).code == "OK"
    await world.configure("UPDATE agent SET active = true")
    assert (await world.change("BET", player, world.hub.arrivals.number(), "1")).code == "OK"


async def test_a_game_that_is_switched_off_takes_no_bets_but_pays_wins(world: World) -> None:
    player, number = await world.player(1000), world.hub.arrivals.number
    for off, on in [
        ("UPDATE game SET active = false", "UPDATE game SET active = true"),
        ("UPDATE provider SET active = false", "UPDATE provider SET active = true"),
        ("UPDATE agent_provider SET active = false", "UPDATE agent_provider SET active = true"),
        ("INSERT INTO agent_game_off SELECT a.id, g.id FROM agent a, game g", "DELETE FROM agent_game_off"),
    ]:
        await world.configure(off)
        assert (await world.change("BET", player, number(), "1")).code == "OP_35", off
        assert (await world.change("WIN", player, number(), "1")).code == "OK", off
        await world.configure(on)
    assert (await world.change("WIN", player, number(), "1", game_id=999)).code == "OK"
    assert await world.balance(player) == 1500


async def test_amounts_up_to_the_largest(world: World) -> None:
    player = await world.player(0)
    largest = "9999999999999999.99"
    reply = await world.change("WIN", player, 1, largest)
    assert b'"balance":9999999999999999.99,' in reply.body
    assert (await world.change("WIN", player, 2, "10000000000000000")).code == "OP_50"
    assert (await world.change("BET", player, 3, largest)).data["balance"] == 0
