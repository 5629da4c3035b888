"""Free stakes and bonus money through the wallet protocol, on a real hub: what is taken, counted, won, wagered, converted."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from own_worker import OwnWorker
from pitboss.domain.bonus.gift import Gift
from pitboss.domain.bonus.template import BonusType
from pitboss.domain.play.decision import Accepted, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.bonuses import BonusKeeper, remove_bonus
from pitboss.storage.bonuses import given as bonus
from pitboss.storage.bonuses.given import BonusSeen, Receiver
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.verify import verify
from wallet_world import Player, Reply, World

GAME, OTHER_GAME = 200, 46
DAY = timedelta(days=1)


class Casino:
    """A player with 20.00 and a grant; every id is new."""

    def __init__(self, world: World, player: Player) -> None:
        self.world = world
        self.player = player
        self._tx = world.hub.arrivals.number() % 10**12 * 100

    @classmethod
    async def open(cls, world: World, cents: int = 2000) -> "Casino":
        player = await world.player()
        await world.deposit(player, cents)
        return cls(world, player)

    def next(self) -> int:
        self._tx += 1
        return self._tx

    async def give(self, **terms: Any) -> str:
        """Three free stakes of 1.00 in the slot, wagered 10 times, unless told otherwise; the campaign's code."""
        hub, now = self.world.hub, datetime.now(UTC)
        game = hub.live.current.games_by_provider[self.world.provider_id, GAME]
        said = {
            "reference": f"test:{hub.arrivals.id()}", "said": "", "template": "FS10", "name": "Free spins",
            "kind": BonusType.FREE_SPINS, "provider_id": self.world.provider_id, "games": (game.id,), "wager_games": (),
            "currency": "EUR", "value": 100, "stakes": 3, "multiplier": Decimal(10), "max_conversion": None,
            "valid_from": now - DAY, "use_by": now + DAY, "expires_at": now + 10 * DAY,
        } | terms  # fmt: skip
        receiver = Receiver(self.player.player_id, self.player.wallet_id, hub.arrivals.id())
        async with hub.database.tenant(self.world.agent_id) as conn:
            given = await bonus.give_grant(
                conn, self.world.agent_id, hub.arrivals.id(), f"code-{hub.arrivals.id()}", Gift(**said), [receiver], now
            )
        assert given.new
        return given.code

    async def free(self, kind: str, code: str, amount: str, round_id: int, **more: Any) -> Reply:
        context = {"reason": "PROMO-FREESPIN", "campaign_code": code}
        return await self.change(kind, amount, round_id, context=context, **more)

    async def change(self, kind: str, amount: str, round_id: int, **more: Any) -> Reply:
        more = {"game_id": GAME, "round_id": round_id, "transaction_id": self.next(), **more}
        return await self.world.change(kind, self.player, more.pop("transaction_id"), Decimal(amount), **more)

    async def cancel(self, transaction_id: int, round_id: int) -> Reply:
        data = {
            "user_id": self.player.user_id, "transaction_id": transaction_id, "round_id": round_id, "game_id": GAME,
            "round_finished": None,
        }  # fmt: skip
        return await self.world.call("cancel", data)

    async def money(self) -> tuple[int, int]:
        """Real and bonus money in cents."""
        row = await self.world.owner.fetchrow(
            "SELECT balance, bonus_balance FROM wallet WHERE agent_id = $1 AND id = $2",
            self.world.agent_id, self.player.wallet_id,
        )  # fmt: skip
        assert row is not None
        return row["balance"], row["bonus_balance"]

    async def marked(self) -> tuple[bool, bool]:
        """Whether the wallet says that it has bonuses, and that it had some."""
        row = await self.world.owner.fetchrow(
            "SELECT has_bonuses, bonuses_ended_at IS NOT NULL FROM wallet WHERE agent_id = $1 AND id = $2",
            self.world.agent_id, self.player.wallet_id,
        )  # fmt: skip
        assert row is not None
        return row[0], row[1]

    async def bonus(self, code: str) -> BonusSeen:
        async with self.world.hub.database.tenant(self.world.agent_id) as conn:
            username = await conn.fetchval(
                "SELECT username FROM player WHERE agent_id = $1 AND player_id = $2",
                self.world.agent_id, self.player.player_id,
            )  # fmt: skip
            seen = await bonus.active_bonuses(conn, self.world.agent_id, username)
            seen += await bonus.non_active_bonuses(conn, self.world.agent_id, username, datetime.now(UTC))
        return next(one for one in seen if one.code == code)


@pytest.fixture
async def proven(world: World) -> Any:
    """Whatever a test did, the ledger is what its parts say, and so are the agent's events."""
    yield
    url = world.hub.settings.database_url
    database, worker = await Database.open(url, None, size=1), await Database.open(url, WORKER_ROLE, size=1)
    try:
        await OwnWorker(worker, database).catch_up()
        assert await verify(database) == []
    finally:
        await worker.close()
        await database.close()


pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("proven")]


async def test_free_spins_take_nothing_and_are_counted_down(world: World) -> None:
    casino = await Casino.open(world)
    code = await casino.give(multiplier=Decimal(0))
    for place in (1, 2, 3):
        stake = await casino.free("BET", code, "1", place)
        assert (stake.code, stake.data["balance"]) == ("OK", 20 + Decimal("0.5") * (place - 1))
        won = await casino.free("WIN", code, "0.5", place, round_finished=True)
        # Winnings of a template with a multiplier of 0 are real money.
        assert (won.code, won.data["balance"]) == ("OK", 20 + Decimal("0.5") * place)
    assert (await casino.free("BET", code, "1", 4)).code == "OP_49"
    seen = await casino.bonus(code)
    assert (seen.state, seen.remaining, seen.used) == ("completed", 0, 3)
    assert await casino.money() == (2150, 0)


async def test_what_is_no_grant_of_the_player_is_op_49(world: World) -> None:
    casino, other = await Casino.open(world), await Casino.open(world)
    now = datetime.now(UTC)
    code = await casino.give()
    over = await casino.give(valid_from=now - 3 * DAY, use_by=now - DAY, expires_at=now + DAY)
    not_yet = await casino.give(valid_from=now + DAY, use_by=now + 2 * DAY)
    assert (await casino.free("BET", "unknown", "1", 1)).code == "OP_49"
    assert (await other.free("BET", code, "1", 1)).code == "OP_49"
    assert (await casino.free("BET", over, "1", 1)).code == "OP_49"
    assert (await casino.free("BET", not_yet, "1", 1)).code == "OP_49"
    assert (await casino.free("BET", code, "1", 1, game_id=OTHER_GAME)).code == "OP_49"
    assert (await casino.free("BET", code, "1.01", 1)).code == "OP_49"
    # A verdict is remembered: the same id gets it again.
    tx = casino.next()
    assert (await casino.free("BET", over, "1", 2, transaction_id=tx)).code == "OP_49"
    assert (await casino.free("BET", over, "1", 2, transaction_id=tx)).code == "OP_49"
    assert (await casino.free("BET", code, "1", 3)).code == "OK"


async def test_winnings_are_wagered_and_become_real_in_one_posting(world: World) -> None:
    casino = await Casino.open(world, 1000)
    code = await casino.give(stakes=1)
    assert (await casino.free("BET", code, "1", 1)).data["balance"] == 10
    won = await casino.free("WIN", code, "3", 1, round_finished=True)
    # 3.00 of bonus money, which may be staked, and 30.00 to stake.
    assert won.data["balance"] == 13
    assert await casino.money() == (1000, 300)
    seen = await casino.bonus(code)
    assert (seen.state, seen.balance, seen.remaining_wagering) == ("active", 300, 3000)
    # Real money goes first; the stake counts.
    assert (await casino.change("BET", "9", 2)).data["balance"] == 4
    assert await casino.money() == (100, 300)
    assert (await casino.bonus(code)).remaining_wagering == 2100
    # 1.00 real and 2.00 of bonus money: a win is shared as it was bought.
    assert (await casino.change("BET", "3", 3)).data["balance"] == 1
    assert await casino.money() == (0, 100)
    assert (await casino.change("WIN", "9", 3, round_finished=True)).data["balance"] == 10
    assert await casino.money() == (300, 700)
    assert (await casino.bonus(code)).remaining_wagering == 1800
    assert (await casino.change("WIN", "20", 2, round_finished=True)).data["balance"] == 30
    assert await casino.money() == (2300, 700)
    last = casino.next()
    assert (await casino.change("BET", "18", 4, transaction_id=last)).data["balance"] == 12
    assert await casino.money() == (1200, 0)
    seen = await casino.bonus(code)
    assert (seen.state, seen.converted, seen.remaining_wagering) == ("converted", 700, 0)
    rows = await world.owner.fetch(
        "SELECT from_account, amount FROM entry WHERE agent_id = $1 AND to_account = $2 AND from_account < 0",
        world.agent_id, casino.player.wallet_id,
    )  # fmt: skip
    assert [tuple(row) for row in rows] == [(-casino.player.wallet_id, 700)]
    # The stake that met the requirement is undone: so is what followed from it.
    assert (await casino.cancel(last, 4)).code == "OK"
    assert await casino.money() == (2300, 700)
    assert ((await casino.bonus(code)).state, (await casino.bonus(code)).remaining_wagering) == ("active", 1800)


async def test_at_most_the_maximum_is_converted(world: World) -> None:
    casino = await Casino.open(world)
    code = await casino.give(stakes=1, multiplier=Decimal(1), max_conversion=250)
    await casino.free("BET", code, "1", 1)
    await casino.free("WIN", code, "4", 1, round_finished=True)
    told = await casino.change("BET", "4", 2)
    assert told.data["balance"] == Decimal("18.5")
    assert await casino.money() == (1850, 0)


async def test_a_refund_gives_bonus_money_and_wagering_back(world: World) -> None:
    casino = await Casino.open(world, 100)
    code = await casino.give(stakes=1)
    await casino.free("BET", code, "1", 1)
    await casino.free("WIN", code, "5", 1, round_finished=True)
    assert (await casino.change("BET", "4", 2)).data["balance"] == 2
    assert await casino.money() == (0, 200)
    assert (await casino.change("REFUND", "4", 2)).data["balance"] == 6
    assert await casino.money() == (100, 500)
    assert (await casino.bonus(code)).remaining_wagering == 5000
    assert (await casino.change("REFUND", "0.01", 2)).code == "OP_49"


async def test_a_canceled_free_stake_can_be_played_again(world: World) -> None:
    casino = await Casino.open(world)
    code = await casino.give(stakes=1)
    tx, win = casino.next(), casino.next()
    await casino.free("BET", code, "1", 1, transaction_id=tx)
    await casino.free("WIN", code, "2", 1, transaction_id=win)
    assert (await casino.free("BET", code, "1", 2)).code == "OP_49"
    assert (await casino.cancel(win, 1)).code == "OK"
    assert (await casino.cancel(tx, 1)).code == "OK"
    assert await casino.money() == (2000, 0)
    seen = await casino.bonus(code)
    assert (seen.state, seen.remaining, seen.required) == ("active", 1, 0)
    assert (await casino.free("BET", code, "1", 3)).code == "OK"
    # Canceled before it came: it never happens, and nothing is counted down.
    assert (await casino.cancel(early := casino.next(), 4)).code == "OP_41"
    assert (await casino.free("BET", code, "1", 4, transaction_id=early)).code == "OP_49"


async def test_a_removed_bonus_is_gone_and_its_round_in_flight_settles(world: World) -> None:
    casino = await Casino.open(world)
    code = await casino.give()
    await casino.free("BET", code, "1", 1)
    await casino.free("WIN", code, "2", 1, round_finished=True)
    await casino.free("BET", code, "1", 2)
    hub = world.hub
    outcome = await remove_bonus(hub.engine, hub.arrivals, world.agent_id, casino.player.user_id, code)
    assert isinstance(outcome, Accepted)
    assert await casino.money() == (2000, 0)
    assert (await casino.free("BET", code, "1", 3)).code == "OP_49"
    late = await casino.free("WIN", code, "5", 2, round_finished=True)
    assert (late.code, late.data["balance"]) == ("OK", 20)
    assert await casino.money() == (2000, 0)
    assert (await casino.bonus(code)).state == "removed"
    again = await remove_bonus(hub.engine, hub.arrivals, world.agent_id, casino.player.user_id, code)
    assert again == Refused(Refusal.CANCELED_SINCE)


async def test_bonuses_end_with_their_time(world: World) -> None:
    casino = await Casino.open(world)
    unused, unwagered, played = await casino.give(), await casino.give(), await casino.give(stakes=1)
    for code in (unwagered, played):
        await casino.free("BET", code, "1", 1)
    await casino.free("WIN", unwagered, "2", 1)
    now = datetime.now(UTC)
    later = now + 11 * DAY
    # What the clock does in ten days: the grants' times are moved to the past.
    for table in ("bonus_campaign", "bonus_grant"):
        await world.owner.execute(
            f"UPDATE {table} SET use_by = use_by - $1::interval, expires_at = expires_at - $1::interval"
            " WHERE agent_id = $2 AND code = ANY ($3::text[])", later - now, world.agent_id, [unused, unwagered, played]
        )  # fmt: skip
    # Its time is over before anybody has swept.
    assert await world.balance(casino.player) == 2000
    assert (await casino.free("BET", unused, "1", 2)).code == "OP_49"
    database = await Database.open(world.hub.settings.database_url, WORKER_ROLE, size=1)

    async def ready() -> bool:
        return True

    keeper = BonusKeeper(database, world.hub.engine, world.hub.arrivals, lambda: datetime.now(UTC), ready)
    try:
        assert await keeper.turn()
        assert not await keeper.turn()
    finally:
        await database.close()
    assert await casino.money() == (2000, 0)
    states = [(await casino.bonus(code)).state for code in (unused, unwagered, played)]
    assert states == ["expired", "forfeited", "completed"]


async def test_a_wallet_says_whether_it_has_bonuses(world: World) -> None:
    casino = await Casino.open(world)
    assert await casino.marked() == (False, False)
    code = await casino.give(stakes=1, multiplier=Decimal(1))
    assert await casino.marked() == (True, False)
    await casino.free("BET", code, "1", 1)
    # Nothing is left to play, but its round is open.
    assert (await casino.bonus(code)).state == "active"
    assert await casino.marked() == (True, False)
    await casino.free("WIN", code, "0", 1, round_finished=True)
    assert (await casino.bonus(code)).state == "completed"
    assert await casino.marked() == (False, True)
    # Play goes on without bonuses; what comes late finds them, and the bonus is there again.
    await casino.change("BET", "1", 2)
    await casino.change("WIN", "1", 2, round_finished=True)
    assert await casino.marked() == (False, True)
    await casino.free("WIN", code, "3", 1)
    assert ((await casino.bonus(code)).state, await casino.marked()) == ("active", (True, True))
    assert await casino.money() == (2000, 300)
    last = casino.next()
    await casino.change("BET", "5", 3, transaction_id=last)
    assert ((await casino.bonus(code)).state, await casino.money()) == ("converted", (1800, 0))
    assert await casino.marked() == (False, True)
    # Real money alone was staked: only the round says that it counted for a bonus.
    assert (await casino.cancel(last, 3)).code == "OK"
    assert ((await casino.bonus(code)).state, await casino.money()) == ("active", (2000, 300))
    assert await casino.marked() == (True, True)
    second = await casino.give(stakes=1)
    hub = world.hub
    for ending, marked in ((code, (True, True)), (second, (False, True))):
        ended = await remove_bonus(hub.engine, hub.arrivals, world.agent_id, casino.player.user_id, ending)
        assert (isinstance(ended, Accepted), await casino.marked()) == (True, marked)
    third = await casino.give(stakes=1)
    assert await casino.marked() == (True, True)
    assert (await casino.free("BET", third, "1", 4)).code == "OK"


async def test_a_bonus_given_while_the_last_one_ends_is_seen(world: World) -> None:
    casino, hub = await Casino.open(world), world.hub
    place, ending = 0, await casino.give(stakes=1)
    for _ in range(25):
        place += 1
        removal = remove_bonus(hub.engine, hub.arrivals, world.agent_id, casino.player.user_id, ending)
        ended, given, _ = await asyncio.gather(removal, casino.give(stakes=1), casino.change("BET", "0.01", place))
        assert isinstance(ended, Accepted)
        assert (await casino.marked())[0]
        place += 1
        assert (await casino.free("BET", given, "1", place)).code == "OK"
        ending = given
