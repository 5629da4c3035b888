"""Players found by name, id, shown name or the newest: against a list that the test makes itself, and by what PostgreSQL reads."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import pytest
from explained import Explained

from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.players import search
from pitboss.storage.players.search import Wanted, newest_players, players_also_called, players_by_name, wallets_of

AGENT, OTHER = 1, 2
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


class Somebody(NamedTuple):
    """What the test knows of a player it made."""

    player_id: str
    username: str
    shown: str | None
    blocked: bool
    came: datetime
    tags: frozenset[str]
    currencies: frozenset[str]


def _people(agent: int, count: int) -> list[Somebody]:
    """Names share beginnings, times are shared by threes, a few are blocked, tagged, and have wallets."""
    dice = random.Random(agent)
    names = dice.sample(
        [f"{first}{number:03d}" for first in ("anna", "annabel", "bert") for number in range(count)], count
    )
    return [
        Somebody(
            f"pre{agent}x{dice.getrandbits(50) % 10**11:011d}", name, dice.choice((None, f"Übel {place}", f"Maria {place}")),
            dice.random() < 0.2, BEGAN + timedelta(microseconds=place // 3),
            frozenset(tag for tag in ("vip", "new") if dice.random() < 0.3),
            frozenset(c for c in ("EUR", "JPY") if dice.random() < 0.5),
        )
        for place, name in enumerate(names)
    ]  # fmt: skip


async def _store(conn: asyncpg.Connection, agent: int, people: list[Somebody]) -> None:
    await conn.executemany(
        "INSERT INTO player (agent_id, player_id, username, display_name, blocked, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        [(agent, one.player_id, one.username, one.shown, one.blocked, one.came) for one in people],
    )
    await conn.executemany(
        "INSERT INTO player_tag (agent_id, player_id, name, text) VALUES ($1, $2, $3, '')",
        [(agent, one.player_id, tag) for one in people for tag in one.tags],
    )
    wallets = [(one, code) for one in people for code in sorted(one.currencies)]
    await conn.executemany(
        "INSERT INTO wallet (agent_id, id, user_in_game, player_id, currency, balance) VALUES ($1, $2, $3, $4, $5, $6)",
        [
            (agent, agent * 10**6 + n, f"{one.player_id}-{code}", one.player_id, code, n)
            for n, (one, code) in enumerate(wallets)
        ],
    )


@pytest.fixture
async def stored(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(database_url)
    await conn.execute("INSERT INTO currency VALUES ('EUR', 'Euro', 2), ('JPY', 'Yen', 0)")
    yield conn
    await conn.close()


@pytest.fixture
async def reader(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url, APP_ROLE, size=1)
    yield database
    await database.close()


def _fits(one: Somebody, wanted: Wanted) -> bool:
    return (
        (wanted.blocked is None or one.blocked is wanted.blocked)
        and (wanted.tag is None or wanted.tag in one.tags)
        and (wanted.currency is None or wanted.currency in one.currencies)
    )


WISHES = [
    Wanted(), Wanted(blocked=True), Wanted(blocked=False), Wanted(tag="vip"), Wanted(tag="nobodys"), Wanted(currency="JPY"),
    Wanted(True, "new", "EUR"),
]  # fmt: skip


@pytest.mark.parametrize("looked_at", [7, 5_000])
async def test_pages_give_everybody_who_fits_once_and_in_order(
    stored: asyncpg.Connection, reader: Database, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", looked_at)
    people, others = _people(AGENT, 60), _people(OTHER, 60)
    await _store(stored, AGENT, people)
    await _store(stored, OTHER, others)
    for wanted in WISHES:
        fitting = [one for one in people if _fits(one, wanted)]
        newest = sorted(fitting, key=lambda one: (one.came, one.player_id), reverse=True)
        assert await _all_newest(reader, wanted) == [one.player_id for one in newest]
        for prefix in ("", "anna", "annab", "bert0", "c", "annabel999x"):
            named = sorted(one.username for one in fitting if one.username.startswith(prefix))
            assert await _all_named(reader, prefix, wanted) == named


async def _all_newest(reader: Database, wanted: Wanted) -> list[str]:
    found, since = [], None
    while True:
        async with reader.tenant(AGENT) as conn:
            page = await newest_players(conn, AGENT, since, wanted, 4)
        found += [one.player_id for one in page.players]
        since = page.onward
        assert len(page.players) <= 4
        if since is None:
            return found


async def _all_named(reader: Database, prefix: str, wanted: Wanted) -> list[str]:
    found, since = [], None
    while True:
        async with reader.tenant(AGENT) as conn:
            page = await players_by_name(conn, AGENT, prefix, since, wanted, 4)
        found += [one.username for one in page.players]
        since = page.onward
        if since is None:
            return found


async def test_a_player_is_found_by_what_else_it_is_called(stored: asyncpg.Connection, reader: Database) -> None:
    people = _people(AGENT, 30)
    await _store(stored, AGENT, people)
    await _store(stored, OTHER, _people(OTHER, 30))
    somebody = next(one for one in people if one.shown and one.shown.startswith("Übel"))
    for text in (somebody.player_id, somebody.player_id[:-1], somebody.player_id.upper(), somebody.shown):
        async with reader.tenant(AGENT) as conn:
            found = await players_also_called(conn, AGENT, str(text), Wanted())
        expected = {
            one.username
            for one in people
            if one.player_id.startswith(str(text).lower()) or (one.shown or "").startswith(str(text))
        }
        assert somebody.username in expected and {one.username for one in found} == expected
    async with reader.tenant(AGENT) as conn:
        blocked = await players_also_called(conn, AGENT, "Maria", Wanted(blocked=True))
    assert all(one.blocked for one in blocked)


async def test_wallets_are_the_players_own(stored: asyncpg.Connection, reader: Database) -> None:
    people = _people(AGENT, 30)
    await _store(stored, AGENT, people)
    async with reader.tenant(AGENT) as conn:
        found = await wallets_of(conn, AGENT, [one.player_id for one in people])
    assert {player: {wallet.currency for wallet in wallets} for player, wallets in found.items()} == {
        one.player_id: set(one.currencies) for one in people
    }


@pytest.mark.parametrize("analysed", [False, True])
async def test_a_page_reads_little_of_many(
    stored: asyncpg.Connection, reader: Database, monkeypatch: pytest.MonkeyPatch, analysed: bool
) -> None:
    """Twenty thousand players, nearly all without a tag: also before statistics know of them."""
    monkeypatch.setattr(search, "LOOKED_AT", 100)
    await stored.execute(
        "INSERT INTO player (agent_id, player_id, username, display_name, created_at)"
        " SELECT 1, 'abcde' || lpad(n::text, 11, '0'), 'user' || lpad(n::text, 8, '0'), 'Shown ' || n,"
        " $1::timestamptz + n * interval '1 s'"
        " FROM generate_series(1, 20000) AS n",
        BEGAN,
    )
    if analysed:
        await stored.execute("ANALYZE")
    tagged = Wanted(tag="vip")
    touched = {}
    async with reader.tenant(AGENT) as plain:
        conn: Any = Explained(plain)
        for name, call in {
            "newest": lambda: newest_players(conn, AGENT, None, Wanted(), 50),
            "newest tagged": lambda: newest_players(conn, AGENT, None, tagged, 50),
            "named": lambda: players_by_name(conn, AGENT, "user0001", None, Wanted(), 50),
            "named onward": lambda: players_by_name(conn, AGENT, "", "user00010000", tagged, 50),
            "also": lambda: players_also_called(conn, AGENT, "Shown 1234", Wanted()),
            "by id": lambda: players_also_called(conn, AGENT, "abcde00000012345", Wanted()),
            "wallets": lambda: wallets_of(conn, AGENT, [f"abcde{n:011d}" for n in range(50)]),
        }.items():
            conn.touched = 0
            await call()
            touched[name] = conn.touched
    assert all(rows <= 500 for rows in touched.values()), touched
