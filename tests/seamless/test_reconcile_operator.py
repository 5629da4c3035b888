"""`pitboss reconcile` and `pitboss parked`, run as people run them, against the reference operator: a process with its own books,
sound, with books that an old backup brought back, and with mistakes planted in it."""

import asyncio
import io
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
from seamless_world import SeamlessWorld, at_work_with

from operator_process import OPERATOR_ID, SECRET, OperatorProcess, eventually, nobody_is_left
from pitboss.cli import run
from pitboss.storage.audit import verify_chain
from scripted_operator import ScriptedOperator
from wallet_world import Player

TIMEOUT_MS = 700


@pytest.fixture(scope="module", autouse=True)
def _nobody_is_left() -> Iterator[None]:
    with nobody_is_left():
        yield


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Casino:
    """A hub in this process, the operator in its own."""

    def __init__(self, world: SeamlessWorld, operator: OperatorProcess, url: str) -> None:
        self.world = world
        self.operator = operator
        self.url = url

    async def guest(self, balance: str = "1000000") -> Player:
        theirs = await asyncio.to_thread(self.operator.player, balance)
        player = await self.world.guest(theirs.id)
        await self.world.owner.execute(
            "UPDATE session SET operator_token = $2 WHERE token = $1", player.token, theirs.token
        )
        return player

    async def faults(self, *faults: dict[str, Any]) -> None:
        await asyncio.to_thread(self.operator.faults, *faults)

    async def back(self) -> None:
        """The operator is started again, where it was before."""
        await asyncio.to_thread(self.operator.start)
        await self.world.configure("UPDATE agent SET wallet_url = $1", f"{self.operator.url}/wallet")

    async def pitboss(self, *arguments: str) -> Done:
        """The command line, in a thread with a loop of its own."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = await asyncio.wait_for(asyncio.to_thread(run, list(arguments)), 120)
        assert "Traceback" not in err.getvalue(), err.getvalue()
        return Done(code, out.getvalue(), err.getvalue())

    async def reconcile(self, *more: str, to: datetime | None = None) -> Done:
        # Started before midnight, ended after it: both days.
        days = (
            "--from",
            f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}",
            "--to",
            f"{to or datetime.now(UTC):%Y-%m-%d}",
        )
        return await self.pitboss("reconcile", "--agent", str(self.world.agent_id), *days, *more)

    def their_balance(self, user_id: str) -> str:
        return str(self.operator.admin("GET", f"players/{user_id}")["balance"])

    async def user_id(self, player: Player) -> str:
        found: str = await self.world.owner.fetchval(
            "SELECT operator_user_id FROM player WHERE player_id = $1", player.player_id
        )
        return found


Opened = Callable[..., Any]


@pytest.fixture
def open_casino(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    for name in [name for name in os.environ if name.startswith("PITBOSS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PITBOSS_DATABASE_URL", database_url)
    monkeypatch.setenv("PITBOSS_ALLOW_PRIVATE_URLS", "1")

    @asynccontextmanager
    async def casino(*arguments: str, timeout_ms: int = 5_000) -> AsyncIterator[Casino]:
        operator = await asyncio.to_thread(OperatorProcess(tmp_path / "books", *arguments).start)
        owner = await asyncpg.connect(database_url)
        try:
            unused = ScriptedOperator()
            async with at_work_with(
                unused, f"{operator.url}/wallet", SECRET, timeout_ms, database_url, owner, tmp_path, OPERATOR_ID
            ) as world:
                yield Casino(world, operator, database_url)
        finally:
            await owner.close()
            await asyncio.to_thread(operator.stop)

    return casino


async def differences(done: Done) -> list[tuple[str, str, str | None]]:
    return [(row["type"], row["difference"], row["operator"]) for row in done.json["differences"]]


async def test_thousand_transactions_agree_and_one_lost_among_them_is_found(
    open_casino: Opened, tmp_path: Path
) -> None:
    async with open_casino() as casino:
        world = casino.world
        players = [await casino.guest() for _ in range(8)]

        async def play(player: Player) -> None:
            for _ in range(63):
                round_id = world.tx()
                assert (await world.change("BET", player, world.tx(), "0.02", round_id=round_id)).code == "OK"
                assert (await world.change("WIN", player, world.tx(), "0.01", round_id=round_id)).code == "OK"

        await asyncio.gather(*map(play, players))
        done = await casino.reconcile("--json")
        told = done.json
        assert done.code == 0 and (told["compared"], told["agreed"], told["left"]) == (1008, 1008, 0)
        assert told["differences"] == told["unknown"] == []
        lost = await world.owner.fetchval(
            "SELECT number FROM transaction WHERE kind = 'win' ORDER BY id LIMIT 1 OFFSET 300"
        )
        forget(tmp_path, lost)
        done = await casino.reconcile("--json")
        [row] = done.json["differences"]
        assert done.code == 1 and (row["transaction_id"], row["difference"]) == (str(lost), "ok_here_unknown_there")
        table = await casino.reconcile()
        assert table.code == 1 and str(lost) in table.out and "1008 transactions compared, 1007 agree" in table.out


def forget(tmp_path: Path, number: int) -> None:
    """The operator loses one row of its books."""
    with sqlite3.connect(tmp_path / "books" / "operator.sqlite3", timeout=20) as books:
        [table] = [
            name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE name LIKE 'transaction%' AND type = 'table'")
        ]  # fmt: skip
        books.execute("PRAGMA foreign_keys = OFF")
        gone = books.execute(f"DELETE FROM {table} WHERE transaction_id = ?", (str(number),)).rowcount
        assert gone == 1
    books.close()


async def test_operator_that_came_back_from_an_old_backup_has_lost_what_came_since(
    open_casino: Opened, tmp_path: Path
) -> None:
    async with open_casino() as casino:
        world, player = casino.world, await casino.guest()
        assert (await world.change("BET", player, world.tx(), "1", round_id=world.tx())).code == "OK"
        await asyncio.to_thread(casino.operator.stop)
        shutil.copytree(tmp_path / "books", tmp_path / "backup")
        await casino.back()
        bet, win, round_id = world.tx(), world.tx(), world.tx()
        assert (await world.change("BET", player, bet, "2", round_id=round_id)).code == "OK"
        assert (await world.change("WIN", player, win, "3", round_id=round_id)).code == "OK"
        assert (await casino.reconcile()).code == 0
        await asyncio.to_thread(casino.operator.stop)
        shutil.rmtree(tmp_path / "books")
        shutil.copytree(tmp_path / "backup", tmp_path / "books")
        await casino.back()
        done = await casino.reconcile("--json", "--repair")
        # What was won and told is not for a program to take back, or to pay again.
        assert done.code == 1 and await differences(done) == [
            ("BET", "ok_here_unknown_there", "unknown"),
            ("WIN", "ok_here_unknown_there", "unknown"),
        ]
        assert [row["provider_transaction_id"] for row in done.json["differences"]] == [str(bet), str(win)]
        assert done.json["repaired"] == 0 and all(row["why_not"] for row in done.json["differences"])


async def test_operator_that_is_down_is_unknown_and_the_exit_code_says_so(open_casino: Opened) -> None:
    async with open_casino() as casino:
        world, player = casino.world, await casino.guest()
        for _ in range(20):
            assert (await world.change("BET", player, world.tx(), "1", round_id=world.tx())).code == "OK"
        await asyncio.to_thread(casino.operator.stop)
        done = await casino.reconcile("--json", "--repair")
        assert done.code == 1 and done.json["differences"] == []
        assert len(done.json["unknown"]) == 20 and {row["operator"] for row in done.json["unknown"]} == {None}
        await casino.back()
        assert (await casino.reconcile()).code == 0


async def test_bet_that_lands_behind_its_forgotten_cancel_is_found_and_undone(open_casino: Opened) -> None:
    """--defect cancel-not-remembered: the operator keeps a stake of a bet that the studio was told is void."""
    async with open_casino("--defect", "cancel-not-remembered", timeout_ms=TIMEOUT_MS) as casino:
        world, player = casino.world, await casino.guest("100")
        user_id, tx = await casino.user_id(player), world.tx()
        await casino.faults({"kind": "slow", "ms": 2500, "command": "changebalance", "times": 1})
        assert (await world.change("BET", player, tx, "7", round_id=world.tx())).code == "OP_47"
        await world.recover()
        await world.recover(timedelta(seconds=20))
        assert await world.state(tx) == "canceled" and await world.unsettled() == []
        await asyncio.to_thread(eventually, lambda: casino.their_balance(user_id) == "93")
        found = await casino.reconcile("--json")
        assert found.code == 1 and await differences(found) == [("BET", "canceled_here_ok_there", "OK")]
        repaired = await casino.reconcile("--json", "--repair")
        [row] = repaired.json["differences"]
        assert repaired.code == 0 and (row["repaired"], row["done"]) == (True, "cancel sent again")
        assert casino.their_balance(user_id) == "100"
        assert (await casino.reconcile()).code == 0
        actors = await world.owner.fetch("SELECT actor, action, subject FROM audit WHERE action LIKE 'reconcile%'")
        assert [tuple(actor)[1:] for actor in actors] == [("reconcile.cancel", row["id"])]
        assert actors[0]["actor"].startswith("cli:") and await verify_chain(world.owner) is None
        await world.must_be_whole()


async def test_status_that_says_ok_of_what_was_canceled_is_found(open_casino: Opened) -> None:
    async with open_casino("--defect", "status-always-ok") as casino:
        world, player, tx, round_id = casino.world, await casino.guest(), casino.world.tx(), casino.world.tx()
        assert (await world.change("BET", player, tx, "1", round_id=round_id)).code == "OK"
        assert (await world.cancel(player, tx, round_id)).code == "OK"
        poor = await casino.guest("1")
        assert (await world.change("BET", poor, world.tx(), "2", round_id=world.tx())).code == "OP_31"
        done = await casino.reconcile("--json", "--repair")
        assert done.code == 1 and await differences(done) == [
            ("BET", "canceled_here_ok_there", "OK"),
            ("BET", "refused_here_ok_there", "OK"),
        ]
        # It was asked to cancel, said it had, and says OK still.
        assert done.json["repaired"] == 0 and {row["done"] for row in done.json["differences"]} == {"cancel sent again"}


async def test_parked_win_is_listed_sent_again_and_settled(open_casino: Opened) -> None:
    async with open_casino() as casino:
        world, player = casino.world, await casino.guest("100")
        user_id, wins = await casino.user_id(player), [world.tx() for _ in range(3)]
        await casino.faults({"kind": "code", "code": "OP_33", "command": "changebalance", "transaction_type": "WIN"})
        for win in wins:
            assert (await world.change("WIN", player, win, "5", round_id=world.tx())).code == "OP_50"
        await world.recover(timedelta(minutes=61))
        agent = ("--agent", str(world.agent_id))
        listed = (await casino.pitboss("parked", "list", *agent, "--json")).json
        assert [(row["call"], row["subject"], row["amount"], row["last_error"]) for row in listed] == [
            ("win", str(win), "5", "OP_33") for win in wins
        ]
        # The reason is there still: it goes on, and is not forgotten.
        again = await casino.pitboss("parked", "retry", *agent, listed[0]["id"], "--json")
        assert again.code == 1 and again.json[0]["left"] == "ask: OP_33" and await world.state(wins[0]) == "pending"
        await casino.faults()
        again = await casino.pitboss("parked", "retry", *agent, listed[1]["id"], "--json")
        assert again.code == 0 and again.json[0]["left"] is None and await world.state(wins[1]) == "ok"
        assert casino.their_balance(user_id) == "105"
        done = await casino.reconcile("--json", "--repair")
        assert done.code == 1 and {row["difference"]: row["repaired"] for row in done.json["differences"]} == {
            "unsettled_here": False, "parked_here": True,
        }  # fmt: skip
        await world.recover(timedelta(minutes=5))
        assert (await casino.reconcile()).code == 0 and casino.their_balance(user_id) == "115"
        assert (await casino.pitboss("parked", "list", *agent, "--json")).json == []
        actions = await world.owner.fetch("SELECT action FROM audit WHERE action = 'parked.retry'")
        assert len(actions) == 3
        await world.must_be_whole()


MISTAKES = {
    "reconcile --agent 77 --from 2026-01-01 --to 2026-01-02": "agent: there is no agent 77",
    "reconcile --agent 1 --from yesterday --to 2026-01-02": "from: must be a day",
    "reconcile --agent 1 --from 2026-01-03 --to 2026-01-02": "to: is before --from",
    "reconcile --agent 2 --from 2026-01-01 --to 2026-01-01": "agent: is a transfer agent",
    "parked retry --agent 1": "id: is required",
    "parked retry --agent 1 nothing": "id: nothing parked is called 'nothing'",
}


async def test_mistakes_are_one_line(open_casino: Opened) -> None:
    async with open_casino() as casino:
        made = await casino.pitboss("agent", "create", "--name", "Sea", "--currency", "EUR", "--json")
        assert made.json["agent_id"] == 2
        for line, words in MISTAKES.items():
            done = await casino.pitboss(*line.split())
            assert done.code == 1 and done.out == "" and done.err.startswith(f"pitboss: {words}"), done
            assert len(done.err.splitlines()) == 1
        every_day = await casino.pitboss("reconcile", "--agent", "1", "--from", "0001-01-01", "--to", "9999-12-31")
        assert every_day.code == 0 and "0 transactions compared" in every_day.out
