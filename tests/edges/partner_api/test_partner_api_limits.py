"""Limits at work: stakes, deposits and launches beyond them are refused, wins always come, counters are exact."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent_stage import Stage
from partner_desk import Partner
from pitboss.domain.limits.player_limits import LimitKind, Period
from pitboss.domain.limits.use import used
from pitboss.storage.limits import lock_limits, read_limited

ANNA = "anna0001"


async def anna(stage: Stage, amount: str = "1000") -> str:
    """Makes her, gives her EUR, and opens a game; the token."""
    await stage.player(ANNA, currency="EUR")
    assert (await deposit(stage, amount))["ok"]
    return await stage.launched(ANNA, "EUR")


async def deposit(stage: Stage, amount: str) -> Any:
    return await stage.call("v1.6/deposit", {"username": ANNA, "amount": amount, "currency": "EUR"})


async def limit(partner: Partner, kind: str, period: str, amount: str) -> None:
    await partner.write("setPlayerLimits", username=ANNA, limits=[{"type": kind, "period": period, "amount": amount}])


async def refused(stage: Stage, token: str, amount: int, tx_id: str) -> None:
    with pytest.raises(AssertionError, match="player_limit_reached"):
        await stage.play("bet", token, amount, tx_id, f"round {tx_id}")


async def test_stakes_beyond_a_wager_limit_are_refused(stage: Stage, partner: Partner) -> None:
    token = await anna(stage)
    # What was staked before the limit was set counts.
    await stage.play("bet", token, 3000, "t1", "r1")
    await limit(partner, "wager", "day", "50")
    await stage.play("bet", token, 1500, "t2", "r2")
    await refused(stage, token, 501, "t3")
    # For ever, under this id; and a stake that fits is taken.
    await refused(stage, token, 501, "t3")
    await stage.play("bet", token, 500, "t4", "r4")
    await refused(stage, token, 1, "t5")
    # Wins always come; they make no room in what was staked.
    await stage.play("win", token, 90000, "t6", "r4")
    await refused(stage, token, 1, "t7")
    # A stake that is given back does.
    await stage.play("cancel", token, 0, "t4", "r4")
    await stage.play("refund", token, 1500, "t8", "r2")
    await stage.play("bet", token, 2000, "t9", "r9")
    await refused(stage, token, 1, "t10")
    # A stake of nothing moves no counter.
    await stage.play("bet", token, 0, "t11", "r11")
    launch = {"username": ANNA, "isMobile": False, "gameId": "pg_00001", "playerIp": "::1", "currency": "EUR"}
    assert (await stage.call("v1.6/launchGame", launch))["error"]["code"] == "LIMIT_REACHED"
    assert (await stage.call("v1.6/launchGame", {**launch, "currency": "THB"}))["ok"]
    assert (await stage.http.get("/", params={"mode": "real", "token": token})).status_code == 403


async def test_a_loss_limit_follows_wins(stage: Stage, partner: Partner) -> None:
    token = await anna(stage)
    await limit(partner, "loss", "week", "20")
    await stage.play("bet", token, 2000, "t1", "r1")
    await refused(stage, token, 1, "t2")
    await stage.play("win", token, 1000, "t3", "r1")
    await refused(stage, token, 1001, "t4")
    await stage.play("bet", token, 1000, "t5", "r5")
    # A win undone is a loss again.
    await stage.play("win", token, 700, "t6", "r5")
    await stage.play("cancel", token, 0, "t6", "r5")
    await refused(stage, token, 1, "t7")


async def test_deposits_beyond_a_limit_are_refused(stage: Stage, partner: Partner) -> None:
    await anna(stage, "60")
    await limit(partner, "deposit", "month", "100")
    assert (await deposit(stage, "40.01"))["error"]["code"] == "LIMIT_REACHED"
    assert (await deposit(stage, "40"))["ok"]
    assert (await deposit(stage, "0.01"))["error"]["code"] == "LIMIT_REACHED"
    out = {"username": ANNA, "amount": "100", "currency": "EUR"}
    assert (await stage.call("v1.6/withdraw", out))["ok"]
    assert (await deposit(stage, "0.01"))["error"]["code"] == "LIMIT_REACHED"


async def test_who_is_away_neither_stakes_nor_deposits(stage: Stage, partner: Partner) -> None:
    token = await anna(stage)
    await stage.play("bet", token, 100, "t1", "r1")
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat().replace("+00:00", "Z")
    await partner.write("setPlayerLimits", username=ANNA, selfExcludedUntil=until)
    await refused(stage, token, 0, "t2")
    assert (await deposit(stage, "1"))["error"]["code"] == "LIMIT_REACHED"
    status, error = await partner.refused("getGameLaunchUrl", username=ANNA, gameCode="pg_00001")
    assert (status, error["code"]) == (409, "ERR_PLAYER_BLOCKED")
    await stage.play("win", token, 500, "t3", "r1")
    # Asked to end it, the player waits for a day.
    told = await partner.write("setPlayerLimits", username=ANNA, selfExcludedUntil=None)
    assert told["selfExcludedUntil"] is not None
    assert told["selfExcludedUntilPending"]["until"] is None
    await refused(stage, token, 0, "t4")


async def test_sixty_stakes_at_once_and_the_limit_holds(stage: Stage, partner: Partner) -> None:
    """Ten of them fit; and those in another currency are another limit's."""
    token = await anna(stage)
    await stage.call("v1.6/deposit", {"username": ANNA, "amount": "100", "currency": "THB"})
    baht = await stage.launched(ANNA, "THB")
    await limit(partner, "wager", "day", "100")
    # The stage looks a session up once, by a connection that is one.
    for one in (token, baht):
        await stage.play("bet", one, 0, f"look {one}", "r")
    bets = [stage.play("bet", token, 1000, f"t{n}", f"r{n}") for n in range(60)]
    others = [stage.play("bet", baht, 1000, f"b{n}", f"r{n}") for n in range(5)]
    outcomes = await asyncio.gather(*bets, *others, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes[:60]) == 10
    assert not any(isinstance(outcome, BaseException) for outcome in outcomes[60:])
    [row] = (await partner.read("playerLimits", username=ANNA))["limits"]
    assert (row["used"], row["amount"]) == ("100", "100")


async def test_limits_set_while_stakes_come_count_each_of_them(stage: Stage, partner: Partner) -> None:
    """Neither lost nor counted twice: the counters are what a recount of the ledger says."""
    token = await anna(stage)

    async def play() -> None:
        for n in range(40):
            await stage.play("bet", token, 100 + n, f"t{n}", f"r{n}")
            if n % 3 == 0:
                await stage.play("win", token, 50, f"w{n}", f"r{n}")
            if n % 5 == 0:
                await stage.play("refund", token, 10, f"f{n}", f"r{n}")

    await asyncio.gather(play(), asyncio.sleep(0.05), limit(partner, "wager", "month", "100000"))
    player_id = await stage.owner.fetchval("SELECT player_id FROM player WHERE username = $1", ANNA)
    now = stage.hub.clock()
    counted = (await read_limited(stage.owner, 1, [player_id]))[player_id].uses["EUR"]
    async with stage.owner.transaction():
        await stage.owner.execute("UPDATE player SET limited = false WHERE player_id = $1", player_id)
        recounted = (await lock_limits(stage.owner, 1, player_id, now)).uses["EUR"]
    for kind, expected in (
        (LimitKind.WAGER, sum(100 + n for n in range(40)) - 8 * 10),
        (LimitKind.LOSS, sum(100 + n for n in range(40)) - 8 * 10 - 14 * 50),
        (LimitKind.DEPOSIT, 100_000),
    ):
        for period in Period:
            assert used([counted], kind, period, now) == used([recounted], kind, period, now) == expected, (
                kind,
                period,
            )


async def test_players_without_limits_have_no_counters(stage: Stage) -> None:
    token = await anna(stage)
    await stage.play("bet", token, 100, "t1", "r1")
    assert await stage.owner.fetchval("SELECT count(*) FROM limit_use") == 0
