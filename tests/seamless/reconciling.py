"""An operator whose books a test keeps by hand, and short ways to reconcile with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from seamless_world import SeamlessWorld

from pitboss.operators.parked import Auditing
from pitboss.operators.reconcile import Finding, Reconciler, Report
from pitboss.storage.audit import act
from pitboss.storage.operator_calls.reconciling import span
from scripted_operator import balance, error, state
from signed_http import Asked


def auditing(world: SeamlessWorld) -> Auditing:
    return lambda: act(world.owner, "test", datetime.now(UTC), reload=False)


async def reconcile(world: SeamlessWorld, since: datetime, *, repair: bool = False) -> Report:
    """What arrived since `since`, without waiting for what may pass."""
    agent = world.hub.live.current.agents[world.agent_id]
    within = span(since, datetime.now(UTC) + timedelta(days=1))
    reconciler = Reconciler(world.hub, agent, world.owner, 8, (0.0, 0.0))
    return await reconciler.run(within, lambda _: None, auditing(world) if repair else None)


def found(report: Report) -> list[tuple[str | None, ...]]:
    """Type, difference, what the operator says and what may be done, of each."""
    rows = [(one.held.kind, one.verdict.difference, one.told, one.verdict.repair) for one in report.findings]
    return [tuple(None if word is None else str(word) for word in row) for row in rows]


def one_of(report: Report) -> Finding:
    [finding] = report.findings
    return finding


async def audited(world: SeamlessWorld, since: datetime) -> list[tuple[str, str]]:
    """Action and subject of what was audited."""
    rows = await world.owner.fetch("SELECT action, subject FROM audit WHERE at >= $1 ORDER BY seq", since)
    return [tuple(row) for row in rows]


class Books:
    """What the operator has, by the hub's number: OK, CANCELED or ERROR; what is not in it is unknown there."""

    def __init__(self, world: SeamlessWorld) -> None:
        self.has: dict[int, str] = {}
        self.world = world
        world.operator.says("changebalance", self.change)
        world.operator.says("status", self.status)
        world.operator.says("cancel", self.cancel)
        world.operator.says("balance", balance("50"))

    def change(self, asked: Asked) -> bytes | None:
        self.has.setdefault(asked.data["transaction_id"], "OK")
        return balance("50")(asked)

    def status(self, asked: Asked) -> bytes | None:
        has = self.has.get(asked.data["transaction_id"])
        return (error("OP_41") if has is None else state(has))(asked)

    def cancel(self, asked: Asked) -> bytes | None:
        number = asked.data["transaction_id"]
        if number not in self.has:
            return error("OP_41")(asked)
        self.has[number] = "CANCELED"
        return state("CANCELED")(asked)

    async def number(self, tx: int) -> int:
        number: int = await self.world.owner.fetchval(
            "SELECT number FROM transaction WHERE provider_tx_id = $1 AND NOT is_cancel", str(tx)
        )
        return number

    async def holds(self, tx: int, word: str | None) -> None:
        """From now on this is how the operator has it, whatever it said."""
        number = await self.number(tx)
        if word is None:
            self.has.pop(number, None)
        else:
            self.has[number] = word


Arrange = Callable[[SeamlessWorld, Books], Any]


async def standing(world: SeamlessWorld, books: Books, kind: str = "BET") -> int:
    """Settled as OK. A refund has its bet before it."""
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    if kind == "REFUND":
        assert (await world.change("BET", player, world.tx(), "1", round_id=round_id)).code == "OK"
    assert (await world.change(kind, player, tx, "1", round_id=round_id)).code == "OK"
    return tx


async def canceled(world: SeamlessWorld, books: Books, kind: str = "BET") -> int:
    """Stood, and was canceled by the studio."""
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    assert (await world.change(kind, player, tx, "1", round_id=round_id)).code == "OK"
    assert (await world.cancel(player, tx, round_id)).code == "OK"
    return tx


async def refused(world: SeamlessWorld, books: Books, kind: str = "BET", code: str = "OP_31") -> int:
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error(code))
    assert (await world.change(kind, player, tx, "1")).code == code
    world.operator.says("changebalance", books.change)
    return tx


async def voided(world: SeamlessWorld, books: Books) -> int:
    """A bet nobody knew of, void since, its two cancels answered."""
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_50"))
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.says("changebalance", books.change)
    await world.recover()
    await world.recover(timedelta(seconds=20))
    assert await world.unsettled() == []
    return tx


async def kept(world: SeamlessWorld, books: Books) -> int:
    """A void bet that the operator has and would not cancel: parked."""
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_50"))
    assert (await world.change("BET", player, tx, "1")).code == "OP_47"
    world.operator.says("changebalance", books.change)
    await books.holds(tx, "OK")
    world.operator.says("cancel", error("OP_49"))
    await world.recover()
    await world.recover(timedelta(seconds=1))
    world.operator.says("cancel", books.cancel)
    assert [call[2] for call in await world.unsettled()] == ["parked"]
    return tx


async def parked(world: SeamlessWorld, books: Books, kind: str = "WIN") -> int:
    """Refused in a way no win should be, for more than an hour."""
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    if kind == "REFUND":
        assert (await world.change("BET", player, world.tx(), "1", round_id=round_id)).code == "OK"
    world.operator.says("changebalance", error("OP_33"))
    assert (await world.change(kind, player, tx, "1", round_id=round_id)).code == "OP_50"
    await world.recover(timedelta(minutes=61))
    world.operator.says("changebalance", books.change)
    assert [call[2] for call in await world.unsettled()] == ["parked"] and await world.state(tx) == "parked"
    return tx


async def parked_cancel(world: SeamlessWorld, books: Books, kind: str = "BET") -> int:
    """A cancel that was not answered for a week; what it is to undo stands."""
    player, tx, round_id = await world.guest(), world.tx(), world.tx()
    assert (await world.change(kind, player, tx, "1", round_id=round_id)).code == "OK"
    world.operator.says("cancel", error("OP_50"))
    assert (await world.cancel(player, tx, round_id)).code == "OP_50"
    await world.recover(timedelta(days=7, minutes=1))
    world.operator.says("cancel", books.cancel)
    assert [call[2] for call in await world.unsettled()] == ["parked"] and await world.state(tx) == "ok"
    return tx


async def waiting(world: SeamlessWorld, books: Books) -> int:
    """A win on its way, not settled."""
    player, tx = await world.guest(), world.tx()
    world.operator.says("changebalance", error("OP_50"))
    assert (await world.change("WIN", player, tx, "1")).code == "OP_50"
    world.operator.says("changebalance", books.change)
    return tx


WIN, REFUND = partial(standing, kind="WIN"), partial(standing, kind="REFUND")
