"""The event store's figures, writing: what a batch adds to players, games and players in games, under the agent's head."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import asyncpg

from pitboss.domain.events.event import Event
from pitboss.domain.events.figures import NO_MONEY, Added, Payments, Play, Seen
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text, slices

_SEEN = ("events", "first_seen", "last_seen")
_OF_PLAYS = (*_SEEN, "bets", "turnover", "wins", "winnings", "bonus_turnover", "bonus_winnings")
_OF_PAYMENTS = (*_SEEN, "last_login", "deposits", "deposited", "withdrawals", "withdrawn")

_PlayKey = tuple[str, str, str]


class Figures(NamedTuple):
    """What a batch adds, and as columns what of that does not depend on what is stored. `plays`: what events/write wants."""

    added: Added
    plays: list[str | int]
    payments: list[str]


async def prepared(events: Sequence[Event]) -> Figures:
    """What Python can do of it before the agent's head is taken. Others have their turns in between."""
    added = Added()
    for some in slices(events):
        added.add(some)
        await asyncio.sleep(0)
    return Figures(added, _play_columns(added.plays), _payment_columns(added.payments) if added.payments else [])


async def add_the_rest(conn: Connection, agent_id: int, figures: Figures, told: Sequence[asyncpg.Record]) -> None:
    """Add what events/write did not: payments, what was said of games, and the players that are new to them.

    `told`: what events/write told. Whoever has figures for the first time is known from now on, announced or not.
    """
    added = figures.added
    new_plays = [(row[0], row[1], row[2]) for row in told if row[3] == added.plays[row[0], row[1], row[2]].events]
    new_payers = await _add_payments(conn, agent_id, figures)
    if new_plays or added.games:
        await _add_games(conn, agent_id, added, new_plays)
    await _stubs(conn, agent_id, "player", {player_id for player_id, _, _ in new_plays} | new_payers)
    await _stubs(conn, agent_id, "game", {game_id for _, game_id, _ in new_plays})


async def _add_payments(conn: Connection, agent_id: int, figures: Figures) -> set[str]:
    """The players whose row is new."""
    payments = figures.added.payments
    if not payments:
        return set()
    told = await conn.fetch(
        statements.sql("events/add_payments"), agent_id, *figures.payments, _most(payments.values())
    )
    return {row[0] for row in told if row[2] == payments[row[0], row[1]].events}


async def _add_games(conn: Connection, agent_id: int, added: Added, new_plays: Sequence[_PlayKey]) -> None:
    """What was said of games, and their new players: by currency, and at all under NO_MONEY."""
    rows = {(game_id, NO_MONEY): _GameRow(said, said.events) for game_id, said in added.games.items()}
    at_all = await _new_at_all(conn, agent_id, new_plays)
    for player_id, game_id, currency in new_plays:
        play = added.plays[player_id, game_id, currency]
        for key in ((game_id, currency), (game_id, NO_MONEY)):
            rows.setdefault(key, _GameRow(play, 0)).see(play)
        rows[game_id, currency].players += 1
        if (player_id, game_id) in at_all:
            at_all.discard((player_id, game_id))
            rows[game_id, NO_MONEY].players += 1
    keys = sorted(rows)
    of_games = [rows[key] for key in keys]
    columns = _columns(keys, of_games, (*_SEEN, "players"))
    await conn.execute(statements.sql("events/add_games"), agent_id, *columns)


class _GameRow:
    def __init__(self, seen: Seen, events: int) -> None:
        self.events, self.players = events, 0
        self.first_seen, self.last_seen = seen.first_seen, seen.last_seen

    def see(self, seen: Seen) -> None:
        self.first_seen = min(self.first_seen, seen.first_seen)
        self.last_seen = max(self.last_seen, seen.last_seen)


async def _new_at_all(conn: Connection, agent_id: int, new_plays: Sequence[_PlayKey]) -> set[tuple[str, str]]:
    """Of players in games that are new in a currency those that are new in any: (player, game)."""
    pairs: dict[tuple[str, str], int] = {}
    for player_id, game_id, _ in new_plays:
        pairs[player_id, game_id] = pairs.get((player_id, game_id), 0) + 1
    if not pairs:
        return set()
    of = [list(column) for column in zip(*pairs, strict=True)]
    told = await conn.fetch(statements.sql("events/play_currencies"), agent_id, *of)
    return {(row[0], row[1]) for row in told if pairs[row[0], row[1]] == row[2]}


def _play_columns(plays: dict[_PlayKey, Play]) -> list[str | int]:
    if not plays:
        return ["{}"] * (3 + len(_OF_PLAYS)) + [0]
    keys = sorted(plays)
    rows = [plays[key] for key in keys]
    return [*_columns(keys, rows, _OF_PLAYS), _most(rows)]


def _payment_columns(payments: dict[tuple[str, str], Payments]) -> list[str]:
    keys = sorted(payments)
    return _columns(keys, [payments[key] for key in keys], _OF_PAYMENTS)


def _columns(keys: Sequence[tuple[str, ...]], rows: Sequence[object], names: Iterable[str]) -> list[str]:
    of_keys = [array_text(column) for column in zip(*keys, strict=True)]
    return of_keys + [array_text([getattr(row, name) for row in rows]) for name in names]


def _most(rows: Collection[Seen]) -> int:
    return max(row.events for row in rows)


async def _stubs(conn: Connection, agent_id: int, of: str, ids: set[str]) -> None:
    if ids:
        await conn.execute(statements.sql(f"events/stub_{of}s"), agent_id, sorted(ids))
