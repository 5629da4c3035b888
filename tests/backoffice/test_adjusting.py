"""A balance put right by hand: what moves, once, between whom, and what is left of a try that was refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from round_casino import RoundCasino, two_casinos

from pitboss.domain.agents.entry import NewAgent
from pitboss.domain.catalogue.agent import AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.invalid import Invalid
from pitboss.domain.ledger.adjustment import read_adjustment
from pitboss.domain.limits.player_limits import LimitKind, LimitName, Period, PlayerLimits
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.engine.adjusting import Adjusted, adjust_balance
from pitboss.storage.agents import create_agent
from pitboss.storage.database import Database
from pitboss.storage.players.support import block_player, change_limits, see_limits
from pitboss.storage.verify import verify
from wallet_world import Player

DAY_OF_DEPOSITS = LimitName(LimitKind.DEPOSIT, Period.DAY, "EUR")


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, role=None, size=5)
    yield database
    await database.close()


@pytest.fixture
async def casino(database_url: str, tmp_path: Path, owner: Database) -> AsyncIterator[RoundCasino]:
    """Whatever a test does there: its ledger holds afterwards."""
    async with two_casinos(database_url, tmp_path) as (one, _):
        yield one
        assert await verify(owner) == []


class Books:
    """A player, and the two wallets between which its balance is put right."""

    def __init__(self, casino: RoundCasino, player: Player, owner: Database) -> None:
        self.casino, self.player, self.owner = casino, player, owner
        self.agent_id = casino.world.agent_id

    async def username(self) -> str:
        return str(
            await self._one("SELECT username FROM player WHERE agent_id = $1 AND player_id = $2", self.player.player_id)
        )

    async def balances(self) -> tuple[int, int]:
        """The player's and the agent's, minor units."""
        names = (self.player.user_id, "agent-EUR")
        sql = "SELECT balance FROM wallet WHERE agent_id = $1 AND user_in_game = $2"
        mine, its = [await self._one(sql, name) for name in names]
        return mine, its

    async def transactions(self) -> list[Any]:
        return await self.casino.world.owner.fetch(
            "SELECT * FROM transaction WHERE agent_id = $1 AND provider_tx_id LIKE 'a:%' ORDER BY provider_tx_id",
            self.agent_id,
        )

    async def audit(self) -> list[tuple[str, str, dict[str, Any]]]:
        rows = await self.casino.world.owner.fetch(
            "SELECT actor, action, detail FROM audit WHERE action LIKE 'player.adjust%' AND subject = $1 ORDER BY seq",
            self.player.player_id,
        )
        return [(row["actor"], row["action"], json.loads(row["detail"])) for row in rows]

    async def adjust(
        self, amount: str, reference: str = "ref-1", credit: bool = True, reason: str = "a broken round"
    ) -> Adjusted:
        hub = self.casino.world.hub
        agent = hub.live.current.agents[self.agent_id]
        wish = read_adjustment(agent, await self.username(), "EUR", amount, credit, reason, reference)
        async with self.owner.anyone() as conn:
            return await adjust_balance(hub, conn, self.agent_id, wish, actor="staff:mona")

    async def _one(self, sql: str, *values: object) -> Any:
        async with self.owner.anyone() as conn:
            return await conn.fetchval(sql, self.agent_id, *values)


@pytest.fixture
async def books(casino: RoundCasino, owner: Database) -> Books:
    """A player with 10.00 whose agent has 90.00."""
    poor = await casino.player(1_000)
    rich = await casino.player(9_000)
    books = Books(casino, rich, owner)
    await books.adjust("90", "arranged", credit=False, reason="arranged")
    return Books(casino, poor, owner)


async def test_a_credit_comes_from_the_agents_wallet_with_its_reason(books: Books) -> None:
    assert await books.balances() == (1_000, 9_000)
    adjusted = await books.adjust("12.50")
    assert adjusted.balance == 2_250
    assert await books.balances() == (2_250, 7_750)
    [made] = [row for row in await books.transactions() if row["provider_tx_id"] == "a:ref-1"]
    assert (made["kind"], made["state"], made["real_amount"], made["reason"]) == (
        "deposit",
        "ok",
        1_250,
        "a broken round",
    )
    assert made["id"].hex == adjusted.transaction_id
    detail = {
        "username": await books.username(), "amount": "12.5", "currency": "EUR", "reason": "a broken round",
        "transaction": "a:ref-1",
    }  # fmt: skip
    assert await books.audit() == [("staff:mona", "player.adjust", detail)]


async def test_a_debit_goes_back_to_it_down_to_nothing(books: Books) -> None:
    assert (await books.adjust("10", credit=False)).balance == 0
    assert await books.balances() == (0, 10_000)


async def test_the_same_reference_moves_money_once_however_often_and_at_once(books: Books) -> None:
    told = [await books.adjust("1") for _ in range(3)]
    told_at_once = await asyncio.gather(*(books.adjust("2", "ref-2", reason="twenty at once") for _ in range(20)))
    assert len(set(told)) == 1 and len(set(told_at_once)) == 1
    assert await books.balances() == (1_300, 8_700)


async def test_a_reference_stands_for_one_adjustment(books: Books) -> None:
    await books.adjust("1")
    for amount, credit, reason in (
        ("2", True, "a broken round"),
        ("1", False, "a broken round"),
        ("1", True, "another"),
    ):
        with pytest.raises(Invalid) as refused:
            await books.adjust(amount, credit=credit, reason=reason)
        assert refused.value.field == "reference"
    assert await books.balances() == (1_100, 8_900)


@pytest.mark.parametrize(("amount", "credit"), [("10.01", False), ("90.01", True), ("9999999999999999", True)])
async def test_nobody_goes_below_zero(books: Books, amount: str, credit: bool) -> None:
    with pytest.raises(Invalid) as refused:
        await books.adjust(amount, credit=credit)
    assert refused.value.field == "amount"
    assert await books.balances() == (1_000, 9_000)
    assert [action for _, action, _ in await books.audit()] == ["player.adjust", "player.adjust.refused"]


WRONG = [
    ("amount", {"amount": "1.234"}), ("amount", {"amount": "0"}), ("amount", {"amount": "-1"}), ("amount", {"amount": "1e2"}),
    ("amount", {"amount": "NaN"}), ("amount", {"amount": ""}), ("amount", {"amount": "1,5"}), ("amount", {"amount": "\u0967"}),
    ("amount", {"amount": "1" + "0" * 17}), ("reason", {"reason": ""}), ("reason", {"reason": "  x  "}),
    ("reason", {"reason": "x" * 201}), ("reason", {"reason": "one\ntwo"}), ("reference", {"reference": "a b"}),
    ("reference", {"reference": ""}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "wrong"), WRONG)
async def test_what_is_wrong_is_named_and_changes_nothing(books: Books, field: str, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        await books.adjust(**({"amount": "1"} | wrong))
    assert refused.value.field == field
    assert await books.balances() == (1_000, 9_000)
    assert await books.audit() == []


async def test_another_agents_player_is_nobody(casino: RoundCasino, books: Books, owner: Database) -> None:
    hub = casino.world.hub
    agent = hub.live.current.agents[books.agent_id]
    other = next(one for one in hub.live.current.agents.values() if one.id != agent.id)
    wish = read_adjustment(other, await books.username(), "EUR", "1", True, "not mine", "ref-1")
    with pytest.raises(Invalid) as refused:
        async with owner.anyone() as conn:
            await adjust_balance(hub, conn, other.id, wish, actor="staff:mona")
    assert refused.value.field == "username"
    assert await books.balances() == (1_000, 9_000)


async def test_neither_a_block_nor_limits_stand_against_it_nor_count_it(books: Books) -> None:
    owner, now, name = books.casino.world.owner, datetime.now(UTC), await books.username()

    async def set_limits(change: Any) -> None:
        await change_limits(owner, books.agent_id, name, change, actor="test", now=now)  # type: ignore[arg-type]

    async def deposited() -> int:
        known, _ = await see_limits(owner, books.agent_id, name)  # type: ignore[arg-type]
        return known.uses["EUR"].of(Period.DAY, now).deposited

    # What came before there were limits is counted from the ledger, what comes after by the engine.
    await books.adjust("3", "before")
    await set_limits(lambda limits: limits.set_limit(DAY_OF_DEPOSITS, 1_001, now))
    assert await deposited() == 1_000
    await books.adjust("5", "after")
    assert await deposited() == 1_000
    await block_player(owner, books.agent_id, name, True, actor="test", now=now)  # type: ignore[arg-type]

    def away(limits: PlayerLimits) -> PlayerLimits:
        return limits.set_self_exclusion(now + timedelta(days=1), now)

    await set_limits(away)
    await books.adjust("7", "away")
    assert await books.balances() == (1_000 + 1_500, 9_000 - 1_500)
    assert await deposited() == 1_000


async def test_a_seamless_agents_money_is_with_itself(casino: RoundCasino) -> None:
    world, numbers = casino.world, iter(range(90_000, 91_000))
    made = await create_agent(
        world.owner, world.box,  # type: ignore[arg-type]
        NewAgent(
            name="Seamless Casino", type=AgentType.SEAMLESS, wallet_url="http://127.0.0.1:1/", currencies=(CurrencyWish("EUR"),)
        ),
        EVERYWHERE_INSIDE, actor="test", now=datetime.now(UTC), number=lambda: next(numbers),
    )  # fmt: skip
    await world.hub.live.refresh()
    agent = world.hub.live.current.agents[made.agent_id]
    with pytest.raises(Invalid) as refused:
        read_adjustment(agent, "anybody", "EUR", "1", True, "not here", "ref-1")
    assert refused.value.field == "agent"
