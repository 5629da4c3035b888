"""The figures of games, stored: kept up with the journal by a worker, exact and rebuildable."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from pitboss.domain.reports.game_figures import Gathered, OpenRound, PlayEvent, Seat, gather, is_promotional, take_idle
from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.packing import array_text
from pitboss.storage.play.journal import PLAY, KeptLines, Line, agents_with_unread, next_stretch

READER = "game_figures"
MOST_EVENTS = 5_000


_play_event_as = partial(tuple.__new__, PlayEvent)


class GameFigure(NamedTuple):
    """What was played in a game by an agent's players in one currency; minor units, and their squares."""

    agent_id: int
    game_id: int
    currency: str
    rounds: int
    staked: int
    won: int
    staked_squares: int
    won_squares: int
    staked_by_won: int
    promo_stakes: int
    promo_won: int


async def keep_up(conn: Connection, kept: KeptLines | None = None) -> list[int]:
    """One stretch of every agent's journal that goes on; the agents with more. The figures and the cursor move together. `kept`:
    what was read over `conn`."""
    lines, more = kept or KeptLines(), []
    for agent_id in await agents_with_unread(conn, READER):
        async with next_stretch(conn, agent_id, READER, MOST_EVENTS) as stretch:
            if stretch is not None:
                await _add(conn, agent_id, await lines.read(conn, stretch))
                if stretch.more:
                    more.append(agent_id)
    return more


async def _add(conn: Connection, agent_id: int, lines: Iterable[Line]) -> None:
    events = _play_events(lines)
    if not events:
        return
    players = sorted({event.user_in_game for event in events})
    rows = await conn.fetch(statements.sql("figures/open_rounds"), agent_id, players)
    open_rounds = {Seat(row[0], row[1]): OpenRound(*row[2:]) for row in rows}
    await _store(conn, agent_id, gather(events, open_rounds), open_rounds)


def _play_events(lines: Iterable[Line]) -> list[PlayEvent]:
    return [
        _play_event_as((
            said.kind, said.undoes, said.user_in_game, said.currency, said.game_id, said.round_id, said.finished,
            said.real + said.bonus, is_promotional(said.reason, said.campaign_code), line.at,
        ))
        for line in lines
        if (said := line.told).kind in PLAY and said.game_id is not None and said.round_id is not None
    ]  # fmt: skip


async def _store(conn: Connection, agent_id: int, gathered: Gathered, known: dict[Seat, OpenRound]) -> None:
    kept = [(*seat, *round_) for seat, round_ in gathered.seats.items() if round_ is not None]
    gone = [seat for seat, round_ in gathered.seats.items() if round_ is None and seat in known]
    sums = [
        (
            agent_id, game_id, currency, of.rounds, Decimal(of.staked), Decimal(of.won), Decimal(of.staked_squares),
            Decimal(of.won_squares), Decimal(of.staked_by_won), of.promo_stakes, Decimal(of.promo_won),
        )
        for (game_id, currency), of in sorted(gathered.sums.items())
    ]  # fmt: skip
    if kept:
        columns = map(array_text, zip(*kept, strict=True))
        await conn.execute(statements.sql("figures/keep_open"), agent_id, READER, *columns)
    if gone:
        await conn.execute(statements.sql("figures/drop_open"), agent_id, *map(array_text, zip(*gone, strict=True)))
    await conn.executemany(statements.sql("figures/add"), sums)


async def close_idle(conn: Connection, before: datetime) -> None:
    """Count rounds in which nothing has happened since `before` as they stand."""
    for row in await conn.fetch(statements.sql("figures/idle_agents"), before):
        agent_id = row[0]
        await conn.execute(statements.sql("behind/open_cursor"), agent_id, READER)
        async with conn.transaction():
            # The cursor is the lock of an agent's figures.
            if await conn.fetchval(statements.sql("behind/lock_cursor"), agent_id, READER) is None:
                continue
            rows = await conn.fetch(statements.sql("figures/take_idle"), agent_id, before)
            gathered = take_idle([(Seat(row[0], row[1]), OpenRound(*row[2:])) for row in rows])
            await _store(conn, agent_id, gathered, {})


async def rebuild(conn: Connection) -> None:
    """Begin anew from the journals' first events; the workers do the rest. Needs the owner's connection."""
    async with conn.transaction():
        await conn.execute("SELECT 1 FROM journal_cursor WHERE reader = $1 FOR UPDATE", READER)
        await conn.execute("DELETE FROM game_figure")
        await conn.execute("DELETE FROM game_figure_open_round")
        await conn.execute("UPDATE journal_cursor SET last_seq = 0 WHERE reader = $1", READER)


async def read_figures(conn: Connection, agent_id: int | None) -> list[GameFigure]:
    """All figures of an agent, or of all of them, by game. Needs a role that sees them."""
    rows = await conn.fetch(statements.sql("figures/read"), agent_id)
    return [GameFigure(row[0], row[1], row[2], *(int(value) for value in tuple(row)[3:])) for row in rows]
