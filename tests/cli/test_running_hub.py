"""Administration of a hub that is at work: what a command does counts within a second, without a restart."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, in_a_process

from agent_stage import Stage, on_stage
from pitboss.domain.play.decision import Accepted, Refused
from pitboss.domain.refusals import Refusal
from pitboss.storage.audit import verify_chain

Command = Callable[..., Awaitable[Done]]


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with on_stage(database_url, tmp_path) as stage:
        yield stage


@pytest.fixture
def pitboss(database_url: str, tmp_path: Path) -> Command:
    async def command(*arguments: object) -> Done:
        env = {"PITBOSS_DATABASE_URL": database_url, "HOME": str(tmp_path)}
        return await in_a_process(*arguments, env=env)

    return command


async def within_a_second(holds: Callable[[], Awaitable[bool]]) -> None:
    """The promise is one second; the bound leaves room for a machine that is busy with other tests."""
    deadline = time.monotonic() + 10
    while not await holds():
        assert time.monotonic() < deadline, "did not come into force"
        await asyncio.sleep(0.05)


async def bet(stage: Stage, token: str, tx_id: str) -> Refusal | None:
    try:
        outcome = await stage.play("bet", token, 100, tx_id, tx_id)
    except AssertionError as error:
        [outcome] = error.args
    return outcome.refusal if isinstance(outcome, Refused) else None


async def balance(stage: Stage, currency: str) -> int:
    row = await stage.owner.fetchrow(
        "SELECT balance FROM wallet WHERE agent_id = $1 AND user_in_game = $2", stage.one.agent_id, f"agent-{currency}"
    )
    assert row is not None
    return int(row["balance"])


async def actions(stage: Stage) -> list[str]:
    rows = await stage.owner.fetch("SELECT action, actor FROM audit WHERE actor <> 'test' ORDER BY seq")
    assert all(row["actor"].startswith("cli:") for row in rows)
    assert await verify_chain(stage.owner) is None
    return [row["action"] for row in rows]


async def test_a_new_agent_is_served(stage: Stage, pitboss: Command) -> None:
    done = await pitboss("agent", "create", "--name", "New", "--currency", "EUR", "--json")
    made = done.json()

    async def served() -> bool:
        headers = {"Authorization": f"Bearer {made['external_api_key']}"}
        answer = await stage.http.post("/external/v1.6/providers", headers=headers, json={"agentSystemCurrency": "EUR"})
        return answer.status_code == 200 and json.loads(answer.content)["ok"] is True

    await within_a_second(served)


async def test_a_revoked_key_lets_nobody_in(stage: Stage, pitboss: Command) -> None:
    listed = (await pitboss("key", "list", "--agent", stage.one.agent_id, "--json")).json()
    [key_id] = [key["key_id"] for key in listed if key["scope"] == "agent_api"]
    assert (await stage.post("v1.6/getBalance", {})).status_code != 401
    assert (await pitboss("key", "revoke", key_id)).code == 0

    async def shut() -> bool:
        return (await stage.post("v1.6/getBalance", {})).status_code == 401

    await within_a_second(shut)


async def test_a_blocked_player_stakes_no_more_and_is_let_in_again(stage: Stage, pitboss: Command) -> None:
    await stage.player("daniel")
    await stage.call("v1.6/deposit", {"username": "daniel", "amount": "10", "currency": "EUR"})
    token = await stage.launched("daniel", "EUR")
    assert await bet(stage, token, "b1") is None
    done = await pitboss("player", "block", "--agent", stage.one.agent_id, "daniel", "--json")
    assert done.json() == {"agent_id": stage.one.agent_id, "username": "daniel", "blocked": True}
    # A player is read with every batch, so the very next bet knows it.
    assert await bet(stage, token, "b2") is Refusal.PLAYER_BLOCKED
    await stage.play("win", token, 50, "w1", "b1")
    shown = (await pitboss("player", "show", "--agent", stage.one.agent_id, "daniel", "--json")).json()
    assert (shown["blocked"], shown["wallets"], len(shown["sessions"])) == (
        True, [{"currency": "EUR", "balance": "9.5", "bonus_balance": "0"}], 1,
    )  # fmt: skip
    assert token not in json.dumps(shown)
    assert (await pitboss("player", "unblock", "--agent", stage.one.agent_id, "daniel")).code == 0
    assert await bet(stage, token, "b3") is None
    assert await actions(stage) == ["player.block", "player.unblock"]
    unknown = await pitboss("player", "block", "--agent", stage.one.agent_id, "nobody")
    assert unknown.mistake() == "username: agent 1 has no player 'nobody'"
    assert (await pitboss("player", "block", "--agent", 99, "daniel")).mistake() == "agent: there is no agent 99"


async def test_an_ended_session_takes_no_more_stakes(stage: Stage, pitboss: Command) -> None:
    await stage.player("daniel")
    await stage.call("v1.6/deposit", {"username": "daniel", "amount": "10", "currency": "EUR"})
    token = await stage.launched("daniel", "EUR")
    assert await bet(stage, token, "b1") is None
    ended = (await pitboss("session", "end", "--agent", stage.one.agent_id, "daniel", "--json")).json()
    assert ended["ended"] == 1
    assert await bet(stage, token, "b2") is Refusal.SESSION_INVALID
    assert isinstance(await stage.play("win", token, 50, "w1", "b1"), Accepted)
    again = (await pitboss("session", "end", "--agent", stage.one.agent_id, "daniel", "--json")).json()
    assert again["ended"] == 0
    row = await stage.owner.fetchrow("SELECT end_reason, ended_at FROM session WHERE token = $1", token)
    assert row is not None
    assert row["end_reason"] == "support"
    assert await actions(stage) == ["session.end", "session.end"]


async def test_funding_goes_through_the_ledger(stage: Stage, pitboss: Command) -> None:
    before = await balance(stage, "EUR")
    fund: tuple[Any, ...] = ("agent", "fund", "--agent", stage.one.agent_id, "--currency", "EUR")
    done = (await pitboss(*fund, "--amount", "1000000.5", "--request-id", "first", "--json")).json()
    assert (done["amount"], done["balance"]) == ("1000000.5", "2000000.5")
    assert await balance(stage, "EUR") == before + 100_000_050
    again = await pitboss(*fund, "--amount", "1000000.50", "--request-id", "first", "--json")
    assert again.json()["balance"] == "2000000.5"
    assert await balance(stage, "EUR") == before + 100_000_050
    other = await pitboss(*fund, "--amount", "7", "--request-id", "first")
    assert other.mistake() == "request-id: was used for something else"
    out = (await pitboss(*fund, "--amount", "-0.50", "--json")).json()
    assert out["balance"] == "2000000"
    moved = await stage.owner.fetch(
        "SELECT sum(CASE WHEN a.id = e.from_account THEN e.amount ELSE -e.amount END) AS out FROM entry e"
        " JOIN account a ON a.agent_id = e.agent_id AND a.id IN (e.from_account, e.to_account)"
        " WHERE e.agent_id = $1 AND a.kind = 'funding' AND a.currency = 'EUR'",
        stage.one.agent_id,
    )
    assert moved[0]["out"] == await balance(stage, "EUR") == 200_000_000
    assert await actions(stage) == ["agent.fund", "agent.fund", "agent.fund", "agent.fund.refused", "agent.fund"]


@pytest.mark.parametrize(
    ("agent", "currency", "amount", "named"),
    [
        (1, "EUR", "0", "amount"), (1, "EUR", "0.001", "amount"), (1, "EUR", "1e3", "amount"), (1, "EUR", "-1000001", "amount"),
        (1, "EUR", "-0", "amount"), (1, "EUR", "99999999999999999", "amount"), (1, "GBP", "1", "currency"),
        (3, "EUR", "1", "agent"), (99, "EUR", "1", "agent"),
    ],
)  # fmt: skip
async def test_funding_that_cannot_be(
    stage: Stage, pitboss: Command, agent: int, currency: str, amount: str, named: str
) -> None:
    done = await pitboss("agent", "fund", "--agent", agent, "--currency", currency, "--amount", amount)
    assert done.mistake().startswith(f"{named}: ")
    assert await balance(stage, "EUR") == 100_000_000


async def test_agents_created_at_once_by_processes(stage: Stage, pitboss: Command) -> None:
    made = await asyncio.gather(
        *(pitboss("agent", "create", "--name", f"Agent {n}", "--currency", "EUR", "--json") for n in range(3))
    )
    objects = [done.json() for done in made]
    assert sorted(one["agent_id"] for one in objects) == [5, 6, 7]
    assert len({one["prefix"] for one in objects} | {one["operator_id"] for one in objects}) == 6
