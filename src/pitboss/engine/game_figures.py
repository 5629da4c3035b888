"""Keeps the figures of games up with the journals, and watches what the games return (docs/rtp.md)."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import structlog

from pitboss.domain.catalogue import Catalogue, Game
from pitboss.domain.reports.rtp import Played, Return, Verdict, in_one_unit, judge, played_of
from pitboss.storage.database import Database
from pitboss.storage.reports.game_figures import GameFigure, close_idle, read_figures

log = structlog.get_logger()

_IDLE = timedelta(days=1)
FLAGGED = frozenset({Verdict.TOO_HIGH, Verdict.TOO_LOW})


class GameReturn(NamedTuple):
    """What a game returned to an agent's players (None: to everybody's). Sums are in minor units of `currency`, other currencies
    converted at today's rate; where there is none, they are a line of their own."""

    game: Game
    agent_id: int | None
    currency: str
    played: Played
    promo_stakes: int
    told: Return


def returns_of(
    catalogue: Catalogue, figures: Iterable[GameFigure], agent_id: int | None, now: datetime
) -> list[GameReturn]:
    """One line a game, by its code; figures of other agents than those meant must not be among them."""
    lines = []
    for game_id, group in groupby(sorted(figures, key=lambda figure: figure.game_id), lambda figure: figure.game_id):
        game = catalogue.games.get(game_id)
        if game is not None:
            lines += _lines(catalogue, game, list(group), agent_id, now)
    return sorted(lines, key=lambda line: (line.game.code, line.currency))


def _lines(
    catalogue: Catalogue, game: Game, figures: list[GameFigure], agent_id: int | None, now: datetime
) -> list[GameReturn]:
    by_currency: dict[str, list[GameFigure]] = {}
    for figure in figures:
        by_currency.setdefault(figure.currency, []).append(figure)
    # What most was played in needs no conversion.
    main = max(by_currency, key=lambda code: (sum(figure.rounds for figure in by_currency[code]), code))
    together: dict[str, list[tuple[Decimal, GameFigure]]] = {}
    for code, of_currency in by_currency.items():
        worth = _worth(catalogue, code, main, now)
        shown, weight = (code, Decimal(1)) if worth is None else (main, worth)
        together.setdefault(shown, []).extend((weight, figure) for figure in of_currency)
    return [_line(game, agent_id, code, parts) for code, parts in together.items()]


def _line(game: Game, agent_id: int | None, currency: str, parts: list[tuple[Decimal, GameFigure]]) -> GameReturn:
    played = in_one_unit((weight, played_of(figure._asdict())) for weight, figure in parts)
    promo = sum(figure.promo_stakes for _, figure in parts)
    return GameReturn(game, agent_id, currency, played, promo, judge(played, game.rtp))


def _worth(catalogue: Catalogue, code: str, main: str, now: datetime) -> Decimal | None:
    """What a minor unit of one currency is worth in minor units of another; None without a rate."""
    if code == main:
        return Decimal(1)
    rate = catalogue.rate(code, main, now)
    if rate is None:
        return None
    return rate.scaleb(catalogue.currencies[main].scale - catalogue.currencies[code].scale)


class FigureKeeper:
    """The worker's turns. `catalogue` gives the configuration of now, None while it cannot be read."""

    def __init__(
        self, database: Database, catalogue: Callable[[], Awaitable[Catalogue | None]], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clock = clock
        self._flagged: set[tuple[int, int | None, str]] = set()

    async def close_idle(self) -> bool:
        """Count rounds that nobody has finished for a day."""
        async with self._database.anyone() as connection:
            await close_idle(connection, self._clock() - _IDLE)
        return False

    async def watch(self) -> bool:
        """Log each game that has left its band since the last look, for everybody's players and for each agent's."""
        catalogue = await self._catalogue()
        if catalogue is None:
            return False
        async with self._database.anyone() as connection:
            figures = await read_figures(connection, None)
        now = self._clock()
        lines = returns_of(catalogue, figures, None, now)
        for agent_id in sorted({figure.agent_id for figure in figures}):
            lines += returns_of(catalogue, [f for f in figures if f.agent_id == agent_id], agent_id, now)
        self._tell([line for line in lines if line.told.verdict in FLAGGED])
        return False

    def _tell(self, lines: list[GameReturn]) -> None:
        flagged = {(line.game.id, line.agent_id, line.currency): line for line in lines}
        # In the order of the lines (everybody's players first): a set's own order changes with its keys' hashes.
        for key in (key for key in flagged if key not in self._flagged):
            line = flagged[key]
            log.warning(
                "game_rtp_flagged", game=line.game.code, agent_id=line.agent_id, verdict=line.told.verdict.value,
                rounds=line.played.rounds, theoretical=str(line.game.rtp), actual=str(line.told.actual),
                low=str(line.told.low), high=str(line.told.high),
            )  # fmt: skip
        self._flagged = set(flagged)
