"""What is not settled, page by page: each once and in order, however many there are; and by the exchange that failed."""

import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from seamless_world import SeamlessWorld

from pitboss.domain.invalid import Invalid
from pitboss.domain.seamless.call import Call, CallKind, Phase
from pitboss.domain.seamless.outlook import Booking, booking, outlook, why_not_now
from pitboss.storage.api_errors import ApiErrorRow
from pitboss.storage.operator_calls import waiting as waiting_calls
from pitboss.storage.operator_calls.waiting import Waiting, of_exchange, parked_page, read_again, under_way
from scripted_operator import balance, error, status_code
from wallet_world import Player

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHASES = ("ask", "status", "void", "void_again", "parked")
COUNT = 40


@pytest_asyncio.fixture(loop_scope="module")
async def many(world: SeamlessWorld) -> AsyncIterator[list[tuple[str, str]]]:
    """Calls of two players, subject and phase, in the order they are due; some at the same instant."""
    players = [await world.guest() for _ in range(2)]
    now, made = datetime.now(UTC) + timedelta(hours=1), []
    for number in range(COUNT):
        phase = PHASES[number * 7 % 5]
        await world.owner.execute(
            "INSERT INTO operator_call VALUES"
            " ($1, $2, $3, 'win', $4, 'r' || $4, 1, $5::text::uuid, 5, '{}', $6, $7, $8, NULL, 1, 'x')",
            world.agent_id, world.provider_id, players[number % 2].wallet_id, f"s{number:02}", f"{number:032x}", now, phase,
            now + timedelta(seconds=number // 3),
        )  # fmt: skip
        made.append((f"s{number:02}", phase))
    yield made
    await world.owner.execute("DELETE FROM operator_call")


async def all_pages(world: SeamlessWorld, phase: Phase | None, most: int) -> list[str]:
    """Subjects, through all pages."""
    found: list[str] = []
    after = None
    for _ in range(500):
        async with world.hub.database.tenant(world.agent_id) as conn:
            if phase is Phase.PARKED:
                page = await parked_page(conn, world.agent_id, after, most)
            else:
                page = await under_way(conn, world.agent_id, phase, after, most)
        assert len(page.rows) <= most
        found += [row.call.subject for row in page.rows]
        if page.older is None:
            return found
        after = page.older
    raise AssertionError("it never ends")


@pytest.mark.parametrize(("most", "looked"), [(100, 20_000), (4, 20_000), (4, 5), (3, 1), (1, 3)])
async def test_each_comes_once_in_its_order(
    world: SeamlessWorld, many: list[tuple[str, str]], most: int, looked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting_calls, "MOST_LOOKED", looked)
    assert await all_pages(world, None, most) == [subject for subject, phase in many if phase != "parked"]
    for phase in ("ask", "void_again"):
        assert await all_pages(world, Phase(phase), most) == [subject for subject, was in many if was == phase]
    # By wallet, then by subject: the even ones are the first player's.
    parked = [subject for subject, phase in many if phase == "parked"]
    by_wallet = [[s for s in parked if int(s[1:]) % 2 == side] for side in (0, 1)]
    assert await all_pages(world, Phase.PARKED, most) in (by_wallet[0] + by_wallet[1], by_wallet[1] + by_wallet[0])


async def test_another_agent_sees_none(world: SeamlessWorld, many: list[tuple[str, str]]) -> None:
    async with world.hub.database.tenant(world.agent_id + 1) as conn:
        assert (await under_way(conn, world.agent_id, None, None, 10)).rows == []
        assert (await parked_page(conn, world.agent_id, None, 10)).rows == []


@pytest.mark.parametrize("place", ["x", "1.", "-1." + "0" * 32, "9" * 18 + "." + "0" * 32, "1." + "g" * 32])
async def test_wrong_places_are_named(world: SeamlessWorld, place: str) -> None:
    async with world.hub.database.tenant(world.agent_id) as conn:
        with pytest.raises(Invalid, match="from: "):
            await under_way(conn, world.agent_id, None, place, 10)
        for wrong in (place, "1.2.nothing.x", "1.2.win.", "1.2.win.\0", "1.99999999999.win.x"):
            with pytest.raises(Invalid, match="parked: "):
                await parked_page(conn, world.agent_id, wrong, 10)


async def failures(world: SeamlessWorld) -> list[ApiErrorRow]:
    await world.hub.errors.turn()
    rows = await world.owner.fetch("SELECT *, replace(id::text, '-', '') AS hex FROM api_error ORDER BY id")
    await world.owner.execute("DELETE FROM api_error")
    return [ApiErrorRow(row["hex"], *tuple(row)[2:-1]) for row in rows]


async def found_by(world: SeamlessWorld, failed: ApiErrorRow) -> tuple[str, str] | None:
    async with world.hub.database.tenant(world.agent_id) as conn:
        waiting = await of_exchange(conn, world.agent_id, failed, ["EUR", "USD"])
    return None if waiting is None else (waiting.call.kind.value, waiting.call.subject)


async def test_exchanges_of_both_sides_lead_to_their_call(world: SeamlessWorld) -> None:
    player, other = await world.guest(), await world.guest()
    await failures(world)
    world.operator.says("changebalance", balance("10"))
    bet, round_id = world.tx(), world.tx()
    assert (await world.change("BET", player, bet, "5", round_id=round_id)).code == "OK"
    for command in ("changebalance", "cancel", "finishround"):
        world.operator.says(command, status_code(503))
    win, others = world.tx(), world.tx()
    assert (await world.change("WIN", player, win, "5", round_id=world.tx())).code == "OP_50"
    assert (await world.change("WIN", other, others, "5", round_id=world.tx())).code == "OP_50"
    assert (await world.cancel(player, bet, round_id)).code == "OP_50"
    ended = world.tx()
    world.operator.says("changebalance", balance("10"))
    assert (await world.change("BET", player, world.tx(), "5", round_id=ended)).code == "OK"
    world.operator.says("changebalance", status_code(503))
    assert (await world.finish(player, ended)).code == "OP_50"
    told = await failures(world)
    wanted = [("win", str(win)), ("win", str(others)), ("cancel", str(bet)), ("finish", str(ended))]
    for direction in ("out", "in"):
        mine = [failed for failed in told if failed.direction == direction]
        assert [await found_by(world, failed) for failed in mine] == wanted, direction
    # What was kept back has no body, and leads there by its id; an end of a round has none in the books.
    bare = [failed._replace(request=None) for failed in told if failed.direction == "out"]
    assert [await found_by(world, failed) for failed in bare] == [*wanted[:3], None]
    # Another message of that round is not its end.
    said = {"data": {"user_id": player.user_id, "transaction_id": world.tx(), "round_id": ended}}
    assert await found_by(world, told[-1]._replace(direction="in", request=json.dumps(said))) is None
    cut = [failed._replace(request=(failed.request or "")[:-9]) for failed in told if failed.direction == "in"]
    assert [await found_by(world, failed) for failed in cut] == [None] * 4
    await world.owner.execute("UPDATE operator_call SET due = now(), taken_until = NULL")
    world.operator.says("changebalance", balance("10"))
    world.operator.says("cancel", error("OP_41"))
    world.operator.says("finishround", status_code(404))
    for _ in range(3):
        await world.recover(timedelta(minutes=1))
    assert await world.unsettled() == []
    assert [await found_by(world, failed) for failed in told] == [None] * 8


HOSTILE = [
    "", "null", "[]", '{"data": []}', '{"data": {"user_id": {"a": 1}}}', '{"data": {"user_id": "\\u0000"}}', "[" * 5_000,
    '{"data": {"user_id": "u\'; DROP TABLE operator_call; --", "transaction_id": 1}}',
]  # fmt: skip


@pytest.mark.parametrize(("body", "direction"), list(itertools.product(HOSTILE, ("in", "out"))))
async def test_bodies_of_peers_lead_nowhere_quietly(world: SeamlessWorld, body: str, direction: str) -> None:
    at = datetime.now(UTC)
    failed = ApiErrorRow(
        "0" * 32, at, direction, "wallet", "changebalance", "\N{SNOWMAN}" * 32, "", None, "x", 1, body, None
    )
    assert await found_by(world, failed) is None


async def test_a_row_tells_whom_and_what_it_is_about(world: SeamlessWorld) -> None:
    player = await world.guest()
    world.operator.says("changebalance", status_code(503))
    win, round_id = world.tx(), world.tx()
    assert (await world.change("WIN", player, win, "5", round_id=round_id)).code == "OP_50"
    later = await waiting_of(world, player)
    assert [(row.call.kind, row.call.subject, row.call.amount, row.call.last_error) for row in later] == [
        ("win", str(win), 500, "HTTP 503")
    ]
    username = await world.owner.fetchval("SELECT username FROM player WHERE player_id = $1", player.player_id)
    [row] = later
    assert (row.username, row.user_in_game, row.currency, row.state, row.behind) == (
        username, player.user_id, "EUR", "pending", False,
    )  # fmt: skip
    assert booking(row.call, row.state, row.moved) == Booking(500, takes=False)
    async with world.hub.database.tenant(world.agent_id) as conn:
        again = await read_again(conn, world.agent_id, row.call)
    assert again is not None and again.call.subject == str(win)
    world.operator.says("changebalance", balance("10"))
    await world.recover(timedelta(minutes=1))
    async with world.hub.database.tenant(world.agent_id) as conn:
        assert await read_again(conn, world.agent_id, row.call) is None


async def waiting_of(world: SeamlessWorld, player: Player) -> list[Waiting]:
    async with world.hub.database.tenant(world.agent_id) as conn:
        found = await under_way(conn, world.agent_id, None, None, 100)
    return [row for row in found.rows if row.user_in_game == player.user_id]


def call(kind: str, phase: str, **changes: Any) -> Call:
    now = datetime.now(UTC)
    return Call(
        1, 1, CallKind(kind), "s", "r", 1, "0" * 32, 700, "{}", now, Phase(phase), now, None, 1, "x"
    )._replace(**changes)  # fmt: skip


REACHABLE = [
    *itertools.product(("bet",), ("ask", "status", "void", "void_again", "parked")),
    *itertools.product(("win", "refund"), ("ask", "status", "parked")),
    *itertools.product(("cancel", "finish"), ("ask", "parked")),
]


@pytest.mark.parametrize(("kind", "phase"), REACHABLE)
async def test_every_call_has_words_and_says_whether_it_can_be_hastened(kind: str, phase: str) -> None:
    told = outlook(call(kind, phase))
    assert told.did.endswith(".") and told.will.endswith(".")
    cannot = phase in ("parked", "void_again") or (kind, phase) == ("bet", "ask")
    assert (why_not_now(call(kind, phase)) is not None) is cannot


@pytest.mark.parametrize(
    ("kind", "phase", "state", "moved", "expected"),
    [
        ("win", "parked", "parked", 0, Booking(700, takes=False)),
        ("refund", "ask", "pending", 0, Booking(700, takes=False)),
        ("bet", "parked", "voiding", 0, None),
        ("bet", "void", "canceled", 0, None),
        ("cancel", "parked", "ok", -700, Booking(700, takes=False)),
        ("cancel", "parked", "ok", 900, Booking(900, takes=True)),
        ("cancel", "parked", "canceled", -700, None),
        ("finish", "parked", None, 0, None),
    ],
)
async def test_what_the_operators_yes_books(
    kind: str, phase: str, state: str | None, moved: int, expected: Booking | None
) -> None:
    assert booking(call(kind, phase), state, moved) == expected
