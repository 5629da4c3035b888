"""Limits at work: stakes, deposits and launches beyond them are refused, wins always come, counters are exact."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent_stage import Stage, on_stage
from partner_desk import Partner
from pitboss.domain.limits.player_limits import LimitKind, Period
from pitboss.domain.limits.use import used
from pitboss.storage.players.limits import lock_limits, read_limited

ANNA = "anna0001"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """A Wednesday's noon until it is told otherwise: no day, week or month ends in the middle of a test."""

    def __init__(self) -> None:
        self.now = datetime(2090, 3, 15, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path, clock) as set_up:
        yield set_up


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
    until = (stage.hub.clock() + timedelta(days=30)).isoformat().replace("+00:00", "Z")
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


async def left_of(stage: Stage, player_id: str, now: datetime) -> list[tuple[int, int]]:
    """What is counted of stakes and losses by day, week and month; by the counters, and by a recount of the transactions."""
    counted = (await read_limited(stage.owner, 1, [player_id]))[player_id].uses["EUR"]
    async with stage.owner.transaction():
        await stage.owner.execute("UPDATE player SET limited = false WHERE player_id = $1", player_id)
        recounted = (await lock_limits(stage.owner, 1, player_id, now)).uses["EUR"]
        await stage.owner.execute("UPDATE player SET limited = true WHERE player_id = $1", player_id)
    told = [
        [(used([use], LimitKind.WAGER, period, now), used([use], LimitKind.LOSS, period, now)) for period in Period]
        for use in (counted, recounted)
    ]
    assert told[0] == told[1]
    return told[0]


async def test_what_is_given_back_counts_for_when_it_was_counted(stage: Stage, partner: Partner, clock: Clock) -> None:
    token = await anna(stage)
    player_id = await stage.owner.fetchval("SELECT player_id FROM player WHERE username = $1", ANNA)
    await limit(partner, "wager", "day", "50")
    for tx_id in ("t1", "t2"):
        await stage.play("bet", token, 1000, tx_id, f"r{tx_id}")
    await stage.play("bet", token, 500, "t3", "rt3")
    await stage.play("win", token, 700, "w3", "rt3")
    await stage.play("refund", token, 500, "f3", "rt3")
    assert await left_of(stage, player_id, clock.now) == [(2000, 1300)] * 3
    # Came before midnight, was decided after it: a stake of the new day, and no more when it is undone.
    midnight = datetime(2090, 3, 16, tzinfo=UTC)
    stage.hub.arrivals._unix_ns = lambda: (midnight - EPOCH) // timedelta(microseconds=1) * 1000 - 1_000_000
    clock.now = midnight + timedelta(microseconds=1)
    await stage.play("bet", token, 5000, "t4", "rt4")
    assert await left_of(stage, player_id, clock.now) == [(5000, 5000), (7000, 6300), (7000, 6300)]
    await refused(stage, token, 1, "t5")
    await stage.play("cancel", token, 0, "t4", "rt4")
    assert await left_of(stage, player_id, clock.now) == [(0, 0), (2000, 1300), (2000, 1300)]
    # What comes back of yesterday makes no room today, and what is taken back of it takes none.
    await stage.play("bet", token, 3000, "t6", "rt6")
    await stage.play("cancel", token, 0, "t1", "rt1")
    await stage.play("refund", token, 1000, "f2", "rt2")
    assert await left_of(stage, player_id, clock.now) == [(3000, 3000), (3000, 2300), (3000, 2300)]
    await stage.play("cancel", token, 0, "w3", "rt3")
    await stage.play("cancel", token, 0, "f3", "rt3")
    assert await left_of(stage, player_id, clock.now) == [(3000, 3000), (3500, 3500), (3500, 3500)]
    await refused(stage, token, 2001, "t7")
    # Next week's Monday is of the same month; a week and a day have begun.
    clock.now = datetime(2090, 3, 20, 0, 0, tzinfo=UTC)
    await stage.launched(ANNA, "EUR")
    assert await left_of(stage, player_id, clock.now) == [(0, 0), (0, 0), (3500, 3500)]


async def test_time_in_two_currencies_is_one_players(stage: Stage, partner: Partner, clock: Clock) -> None:
    token = await anna(stage)
    assert (await stage.call("v1.6/deposit", {"username": ANNA, "amount": "100", "currency": "THB"}))["ok"]
    baht = await stage.launched(ANNA, "THB")
    began = clock.now

    async def minute(number: int) -> None:
        """A stake in each currency, half a minute apart."""
        clock.now = began + timedelta(minutes=number)
        await stage.play("bet", token, 10, f"e{number}", f"e{number}")
        clock.now += timedelta(seconds=30)
        await stage.play("bet", baht, 10, f"t{number}", f"t{number}")

    for number in range(10):
        await minute(number)
    # Nine and a half minutes were played before there was a limit, and are counted from the transactions.
    session_time = {"type": "sessionTime", "period": "day", "minutes": 20}
    told = await partner.write("setPlayerLimits", username=ANNA, limits=[session_time])
    assert told["limits"][0]["used"] == "9"
    for number in range(10, 20):
        await minute(number)
    clock.now = began + timedelta(minutes=19, seconds=59)
    await stage.play("bet", token, 10, "last", "last")
    [limit_now] = (await partner.read("playerLimits", username=ANNA))["limits"]
    assert limit_now["used"] == "19"
    clock.now = began + timedelta(minutes=20)
    await refused(stage, token, 10, "late")
    await refused(stage, baht, 10, "late too")
    # The counters are what a recount of both wallets' transactions says.
    player_id = await stage.owner.fetchval("SELECT player_id FROM player WHERE username = $1", ANNA)
    counted = (await read_limited(stage.owner, 1, [player_id]))[player_id].uses
    async with stage.owner.transaction():
        await stage.owner.execute("UPDATE player SET limited = false WHERE player_id = $1", player_id)
        recounted = (await lock_limits(stage.owner, 1, player_id, clock.now)).uses
    for period in Period:
        minutes = [
            used(list(uses.values()), LimitKind.SESSION_TIME, period, clock.now) for uses in (counted, recounted)
        ]
        assert minutes == [20, 20]
