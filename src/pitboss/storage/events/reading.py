"""The event store, reading: the raw stream, and what was learned about players and games."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import asyncpg
import msgspec

from pitboss.domain.events.event import Event
from pitboss.domain.events.game_selection import GameSelection
from pitboss.storage import statements
from pitboss.storage.database import Connection, Database

MOST_FAVOURITES = 10
NO_MONEY = ""
"""Stands for the currency of figures that have none."""
_MEMBERS = msgspec.json.Decoder(dict[str, object])


class Numbered(NamedTuple):
    """An event and its number in the agent's store: without a gap, in commit order."""

    seq: int
    event: Event


class Figure(NamedTuple):
    """Sums in one currency: counts are integers, money is major units."""

    currency: str
    sums: Mapping[str, int | Decimal]


class Insight(NamedTuple):
    """What is known about a player or a game. `players` is a game's alone, `last_login` and `favourites` a player's."""

    id: str
    members: Mapping[str, object]
    first_seen: datetime | None
    last_seen: datetime | None
    figures: list[Figure]
    last_login: datetime | None = None
    favourites: Sequence[tuple[str, str, int, Decimal]] = ()
    players: int = 0


@asynccontextmanager
async def one_instant(database: Database, agent_id: int) -> AsyncIterator[Connection]:
    """A tenant's transaction in which all statements see the same instant."""
    async with database.tenant(agent_id) as conn:
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield conn


async def read_after(conn: Connection, agent_id: int, after: int, most: int) -> list[Numbered]:
    """The events behind a number, in order. None is ever skipped: numbers are in commit order."""
    rows = await conn.fetch(statements.sql("events/read_after"), agent_id, after, most)
    return [Numbered(row["seq"], _event(row)) for row in rows]


def _event(row: asyncpg.Record) -> Event:
    _, *said, changes = row
    return Event._make([*said, None if changes is None else _MEMBERS.decode(changes)])


async def player_insight(conn: Connection, agent_id: int, player_id: str) -> Insight | None:
    """What is known about a player; None for one nobody has heard of. `conn` from `one_instant`."""
    profile = await conn.fetchval(statements.sql("events/player"), agent_id, player_id)
    if profile is None:
        return None
    rows = await conn.fetch(statements.sql("events/player_figures"), agent_id, player_id)
    played = await conn.fetch(statements.sql("events/favourite_games"), agent_id, player_id, MOST_FAVOURITES)
    logins = [row["last_login"] for row in rows if row["last_login"] is not None]
    return Insight(
        player_id,
        _MEMBERS.decode(profile),
        min((row["first_seen"] for row in rows), default=None),
        max((row["last_seen"] for row in rows), default=None),
        [_figure(row) for row in rows if row["currency"] != NO_MONEY],
        max(logins, default=None),
        [(row[0], row[1], row[2], row[3]) for row in played],
    )


async def game_insights(conn: Connection, agent_id: int, games: Mapping[str, str]) -> list[Insight]:
    """What is known about games, given their profiles (JSON) by id, in that order. `conn` from `one_instant`."""
    rows = await conn.fetch(statements.sql("events/games_figures"), agent_id, list(games))
    by_game: dict[str, list[asyncpg.Record]] = {game_id: [] for game_id in games}
    for row in rows:
        by_game[row[0]].append(row)
    return [_game(game_id, profile, by_game[game_id]) for game_id, profile in games.items()]


async def game_insight(conn: Connection, agent_id: int, game_id: str) -> Insight | None:
    """What is known about a game; None for one nobody has heard of."""
    profile = await conn.fetchval(statements.sql("events/game"), agent_id, game_id)
    if profile is None:
        return None
    return (await game_insights(conn, agent_id, {game_id: profile}))[0]


async def select_games(conn: Connection, agent_id: int, wanted: GameSelection) -> tuple[int, list[Insight]]:
    """How many games fit, and those of the page."""
    rows = await _selected(conn, agent_id, wanted)
    if not rows and wanted.page > 1:
        first = await _selected(conn, agent_id, wanted._replace(page=1, per_page=1))
        return (first[0]["total"] if first else 0), []
    total = rows[0]["total"] if rows else 0
    return total, await game_insights(conn, agent_id, {row["game_id"]: row["profile"] for row in rows})


async def _selected(conn: Connection, agent_id: int, wanted: GameSelection) -> list[asyncpg.Record]:
    bounds = wanted.bounds
    return await conn.fetch(
        statements.sql("events/select_games"), agent_id, wanted.currency, wanted.categories, wanted.features, wanted.themes,
        wanted.devices, wanted.providers, wanted.has_freespins, wanted.text, [bound.figure for bound in bounds],
        [bound.least for bound in bounds], [bound.most for bound in bounds], wanted.order, wanted.descending,
        wanted.per_page, (wanted.page - 1) * wanted.per_page,
    )  # fmt: skip


async def dimensions(conn: Connection, agent_id: int) -> dict[str, list[tuple[str, int]]]:
    """The values games are said to have, with how many games say so, by dimension."""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in await conn.fetch(statements.sql("events/dimensions"), agent_id):
        found.setdefault(row[0], []).append((row[1], row[2]))
    return found


def _game(game_id: str, profile: str, rows: Sequence[asyncpg.Record]) -> Insight:
    return Insight(
        game_id,
        _MEMBERS.decode(profile),
        min((row["first_seen"] for row in rows), default=None),
        max((row["last_seen"] for row in rows), default=None),
        [_figure(row) for row in rows if row["currency"] != NO_MONEY],
        players=next((row["players"] for row in rows if row["currency"] == NO_MONEY), 0),
    )


_NO_SUMS = frozenset({"game_id", "currency", "first_seen", "last_seen", "last_login"})


def _figure(row: asyncpg.Record) -> Figure:
    return Figure(row["currency"], {name: value for name, value in row.items() if name not in _NO_SUMS})
