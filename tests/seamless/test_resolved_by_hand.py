"""A person at what waits for an operator: tried now, or sent again, by many at once and beside the worker, it is settled once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from seamless_world import SeamlessWorld, at_work_with

from fault_proxy import FAULTS, Fault, FaultProxy, fault_proxy
from operator_process import OPERATOR_ID, SECRET, OperatorProcess, nobody_is_left
from operator_process import Player as Theirs
from pitboss.domain.invalid import Invalid
from pitboss.domain.seamless.call import Call
from pitboss.operators.parked import carry, take_again
from pitboss.operators.recovery import Recovery
from pitboss.storage.audit import act, verify_chain
from pitboss.storage.database import WORKER_ROLE, Database
from pitboss.storage.operator_calls.unsettled import make_due
from pitboss.storage.operator_calls.waiting import parked_page, under_way
from scripted_operator import ScriptedOperator, balance, error, status_code
from wallet_world import Player

TIMEOUT_MS = 1_500
HOUR = timedelta(hours=1)


class Casino:
    """A hub here, the reference operator in a process of its own, and between them a network that a test can spoil."""

    def __init__(self, world: SeamlessWorld, operator: OperatorProcess, proxy: FaultProxy) -> None:
        self.world = world
        self.operator = operator
        self.proxy = proxy

    async def guest(self) -> tuple[Player, Theirs]:
        theirs = await asyncio.to_thread(self.operator.player, "100")
        player = await self.world.guest(theirs.id)
        await self.world.owner.execute(
            "UPDATE session SET operator_token = $2 WHERE token = $1", player.token, theirs.token
        )
        return player, theirs

    async def faults(self, *faults: dict[str, object]) -> None:
        await asyncio.to_thread(self.operator.faults, *faults)

    async def booked(self, theirs: Theirs) -> list[int]:
        """Minor units of each movement in the operator's own books."""
        rows = await asyncio.to_thread(self.operator.booked, theirs.id)
        return [int(row["minor"]) for row in rows]

    async def waiting(self, phase: str | None = None) -> list[Call]:
        async with self.world.hub.database.tenant(self.world.agent_id) as conn:
            found = await under_way(conn, self.world.agent_id, None, None, 100)
            by_hand = await parked_page(conn, self.world.agent_id, None, 100)
        return [row.call for row in [*found.rows, *by_hand.rows] if phase in (None, row.call.phase)]

    async def try_now(self, call: Call) -> str | None:
        """What a person is told where it cannot be."""
        async with self.world.database.anyone() as conn:
            try:
                await make_due(conn, self.world.agent_id, call, actor="staff:ann", now=datetime.now(UTC))
            except Invalid as invalid:
                return invalid.problem
        return None

    async def send_again(self, call: Call) -> str | None:
        """As the page does it; None: somebody else was first."""
        async with self.world.database.anyone() as conn:
            taken = await take_again(
                self.world.agent_id, call, lambda: act(conn, "staff:ann", datetime.now(UTC), reload=False)
            )
        return None if taken is None else await carry(self.world.hub, self.world.agent_id, taken)

    async def entries(self, tx: int) -> list[int]:
        rows = await self.world.owner.fetch(
            "SELECT e.amount FROM transaction t JOIN entry e ON e.agent_id = t.agent_id AND e.transaction_id = t.id"
            " WHERE t.provider_tx_id = $1",
            str(tx),
        )
        return [row["amount"] for row in rows]

    async def acts(self, action: str) -> int:
        count: int = await self.world.owner.fetchval("SELECT count(*) FROM audit WHERE action = $1", action)
        return count


@pytest.fixture
async def casino(database_url: str, tmp_path: Path) -> AsyncIterator[Casino]:
    with nobody_is_left():
        operator = await asyncio.to_thread(OperatorProcess(tmp_path / "books").start)
        owner = await asyncpg.connect(database_url)
        try:
            async with (
                fault_proxy(f"{operator.url}/wallet", TIMEOUT_MS / 1000 + 0.3, seed=7) as proxy,
                at_work_with(
                    ScriptedOperator(), proxy.url, SECRET, TIMEOUT_MS, database_url, owner, tmp_path, OPERATOR_ID
                ) as world,
            ):
                yield Casino(world, operator, proxy)
                await world.must_be_whole()
                assert await verify_chain(owner) is None
            assert await asyncio.to_thread(operator.wrong) == []
        finally:
            await owner.close()
            await asyncio.to_thread(operator.stop)


@asynccontextmanager
async def workers(casino: Casino, count: int) -> AsyncIterator[list[Recovery]]:
    """Workers with connections of their own, each at it without a pause."""
    database = await Database.open(casino.world.hub.settings.database_url, WORKER_ROLE, size=count)
    hub = casino.world.hub
    made = [Recovery(database, hub.seamless, hub.clock) for _ in range(count)]
    going = True

    async def work(one: Recovery) -> None:
        while going:
            await one.turn()
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(work(one)) for one in made]
    try:
        yield made
    finally:
        going = False
        await asyncio.gather(*tasks)
        for one in made:
            await one.close()
        await database.close()


async def settled(casino: Casino) -> None:
    async with asyncio.timeout(40):
        while await casino.waiting():
            await asyncio.sleep(0.05)


async def wins(casino: Casino, player: Player, count: int) -> list[int]:
    """That the operator has not agreed to."""
    world, made = casino.world, [casino.world.tx() for _ in range(count)]
    for tx in made:
        assert (await world.change("WIN", player, tx, "5", round_id=world.tx())).code in ("OP_50", "OP_47")
    return made


async def test_many_hands_and_workers_send_a_parked_win_once(casino: Casino) -> None:
    player, theirs = await casino.guest()
    await casino.faults({"kind": "code", "code": "OP_33", "command": "changebalance", "transaction_type": "WIN"})
    made = await wins(casino, player, 6)
    await casino.world.recover(timedelta(minutes=61))
    parked = await casino.waiting("parked")
    assert sorted(call.subject for call in parked) == sorted(map(str, made))
    await casino.faults()
    async with workers(casino, 2):
        done = await asyncio.gather(*(casino.send_again(call) for call in parked for _ in range(4)))
        await settled(casino)
    # Each by one person alone; the others are told that it is gone.
    assert sorted(done, key=str) == [None] * 18 + ["changebalance sent again"] * 6
    assert await casino.booked(theirs) == [500] * 6 and await casino.acts("parked.retry") == 6
    for tx in made:
        assert await casino.entries(tx) == [500] and await casino.world.state(tx) == "ok"


async def test_tried_now_beside_workers_over_a_bad_network_it_is_booked_once(casino: Casino) -> None:
    """Answers are lost, requests doubled and reordered; whoever tries whatever how often, books agree."""
    player, theirs = await casino.guest()
    await casino.faults({"kind": "http", "status": 503, "command": "changebalance"})
    made = await wins(casino, player, 8)
    await casino.faults()
    await casino.world.owner.execute("UPDATE operator_call SET due = due + interval '1 hour'")
    calls = await casino.waiting()
    casino.proxy.faults, casino.proxy.rate = tuple(set(FAULTS) - {Fault.REORDERED}), 0.5
    async with workers(casino, 3):
        for turn in range(6):
            told = await asyncio.gather(*(casino.try_now(call) for call in calls))
            assert set(told) <= {None, "is settled already", "is being tried at this moment", "is due already"}
            if turn == 0:
                assert set(told) <= {None, "is being tried at this moment"}
            await asyncio.sleep(0.1)
        casino.proxy.heal()
        async with asyncio.timeout(60):
            while left := await casino.waiting():
                await asyncio.gather(*(casino.try_now(call) for call in left))
                await asyncio.sleep(0.1)
    assert await casino.booked(theirs) == [500] * 8
    assert [await casino.entries(tx) for tx in made] == [[500]] * 8
    assert await casino.acts("recovery.try_now") >= 8


async def test_a_kept_stake_is_canceled_by_hand(casino: Casino) -> None:
    """Void here, kept there, and the operator refuses to cancel it: a person sends the cancel once the operator has seen to it."""
    player, theirs = await casino.guest()
    world, tx = casino.world, casino.world.tx()
    await casino.faults(
        {"kind": "late-answer", "ms": 3000, "command": "changebalance", "times": 1},
        {"kind": "code", "code": "OP_49", "command": "cancel"},
    )  # fmt: skip
    assert (await world.change("BET", player, tx, "7", round_id=world.tx())).code == "OP_47"
    for _ in range(3):
        await world.recover(timedelta(seconds=20))
    [call] = await casino.waiting("parked")
    assert (call.kind, call.subject, call.last_error) == ("bet", str(tx), "kept it")
    assert await asyncio.to_thread(lambda: theirs.balance) == "93"
    await casino.faults()
    assert await casino.try_now(call) == "waits for a person: send it again"
    assert await casino.send_again(call) == "cancel sent again"
    assert await asyncio.to_thread(lambda: theirs.balance) == "100" and await casino.waiting("parked") == []
    # Once more, on purpose later, and not before.
    [left] = await casino.waiting()
    assert left.phase == "void_again"
    assert await casino.try_now(left) == "waits on purpose: its bet may still be on the way"
    await world.recover(timedelta(seconds=20))
    assert await casino.waiting() == [] and await casino.entries(tx) == [] and await world.state(tx) == "canceled"
    assert await casino.try_now(left) == "is settled already"


@pytest.mark.asyncio(loop_scope="module")
async def test_what_somebody_is_at_and_what_is_due_stay_as_they_are(world: SeamlessWorld) -> None:
    """A scripted operator, whose answer a test keeps back."""
    player, casino = await world.guest(), Casino(world, None, None)  # type: ignore[arg-type]
    world.operator.says("changebalance", status_code(503))
    tx = world.tx()
    world.operator.gate.clear()
    first = asyncio.create_task(world.change("WIN", player, tx, "5", round_id=world.tx()))
    async with asyncio.timeout(10):
        while not world.operator.calls("changebalance"):
            await asyncio.sleep(0.01)
    # The studio's own call: due only when its process should be gone.
    [call] = await casino.waiting()
    assert call.due > datetime.now(UTC) and await casino.try_now(call) == "is being tried at this moment"
    world.operator.gate.set()
    assert (await first).code == "OP_50"
    await world.owner.execute("UPDATE operator_call SET due = now() + interval '1 hour'")
    [call] = await casino.waiting()
    assert [await casino.try_now(call) for _ in range(2)] == [None, "is due already"]
    world.operator.says("changebalance", balance("10"))
    world.operator.gate.clear()
    tries = asyncio.create_task(world.recover())
    async with asyncio.timeout(10):
        while len(world.operator.calls("changebalance")) < 2:
            await asyncio.sleep(0.01)
    assert await casino.try_now(call) == "is being tried at this moment"
    world.operator.gate.set()
    await tries
    assert await casino.entries(tx) == [500] and await casino.acts("recovery.try_now") == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_bet_is_never_hastened(world: SeamlessWorld) -> None:
    player, casino, tx = await world.guest(), Casino(world, None, None), world.tx()  # type: ignore[arg-type]
    world.operator.says("changebalance", balance("10"))
    world.operator.says("cancel", error("OP_50"))
    world.operator.gate.clear()
    bet = asyncio.create_task(world.change("BET", player, tx, "5", round_id=world.tx()))
    async with asyncio.timeout(10):
        while not (calls := await casino.waiting()):
            await asyncio.sleep(0.01)
    # Its process is gone, so that its lease alone keeps others away.
    await world.owner.execute("UPDATE operator_call SET taken_until = now() - interval '1 second'")
    assert await casino.try_now(calls[0]) == "is a bet, and never sent twice"
    world.operator.gate.set()
    await bet
    world.operator.says("cancel", error("OP_41"))
    await world.recover(timedelta(minutes=1))
    await world.recover(timedelta(minutes=1))
    assert await casino.waiting() == []
