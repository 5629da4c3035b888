"""One question for all reports: sums of the roll-ups and of what is behind them, by any of their keys, over a time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pitboss.domain.reports.quarters import Figures
from pitboss.storage.database import Connection
from pitboss.storage.reports.quarters import Behind, columns, read_behind

_KEY_TYPES: Final[Mapping[str, str]] = MappingProxyType({
    "player_id": "text", "quarter": "timestamptz", "provider_id": "integer", "game_id": "integer", "currency": "text",
    "rated": "boolean",
})  # fmt: skip
COUNTS: Final = ("rounds", "bets", "wins", "jackpots", "refunds", "cancels", "promo_bets")
_FIGURES: Final = Figures._fields
_SETTLED_OF: Final[Mapping[str, str]] = MappingProxyType({
    "turnover": "turnover_settled", "winnings": "winnings_settled", "jackpot_winnings": "jackpots_settled",
    "promo_winnings": "promo_settled",
})  # fmt: skip
SPAN, HOUR, QUARTERS = "span", "hour", "quarter"
PLAYER, GAME, PROVIDER, CURRENCY = "player_id", "game_id", "provider_id", "currency"


class Wanted(NamedTuple):
    """What to add up. `start` and `end`: whole quarters, UTC. `keys`: the columns to tell apart, SPAN for the `spans` (their
    beginnings, ascending), HOUR for hours of which one begins at `origin`, QUARTERS for each by itself. `base`: the agent's
    base currency. `unique`: whether to count players. `minor`, `in_base`: whether those amounts are wanted, `counts`: which numbers
    (all of them, where players are counted)."""

    start: datetime
    end: datetime
    keys: Sequence[str]
    base: str
    spans: Sequence[datetime] = ()
    origin: datetime | None = None
    player_id: str | None = None
    game_id: int | None = None
    unique: bool = False
    minor: bool = True
    in_base: bool = True
    counts: Sequence[str] = COUNTS
    limit: int | None = None
    offset: int = 0


class Sums(NamedTuple):
    """`keys` as they were wanted; a span is its place from 1. Amounts by the names of `Figures`: `minor` ones, which mean something
    where one currency is told; `base` ones in the base currency, exact. `total`: how many rows there are in all."""

    keys: tuple[Any, ...]
    counts: Mapping[str, int]
    minor: Mapping[str, int]
    base: Mapping[str, Decimal]
    players: int
    total: int


_STOOD: Final = ("rounds", "bets", "wins", "winnings", "jackpots", "jackpot_winnings", "promo_bets", "promo_winnings")
_TELLING: Final = (*_STOOD, "refunds")
_MINOR: Final = tuple(name for name in _FIGURES[:14] if name not in COUNTS)


async def add_up_reports(conn: Connection, agent_id: int, wanted: Wanted, behind: Behind | None = None) -> list[Sums]:
    """Rows in the order of what their keys are called; where players are counted, those without any figure
    are left out. Needs a transaction of the tenant in one snapshot. `behind`: where it was read in that snapshot already."""
    behind = behind or await read_behind(conn, agent_id, wanted.player_id)
    question = _Question(agent_id, behind.generation, wanted, columns(behind.changes))
    rows = await conn.fetch(question.sql(), *question.parameters)
    return [_sums(row, wanted) for row in rows]


def _sums(row: Any, wanted: Wanted) -> Sums:
    values = tuple(row)
    keys = len(wanted.keys)
    minor_names, base_names = _amounts(wanted)
    counted = keys + len(wanted.counts)
    minor = counted + len(minor_names)
    return Sums(
        values[:keys],
        dict(zip(wanted.counts, map(int, values[keys:counted]), strict=True)),
        dict(zip(minor_names, map(int, values[counted:minor]), strict=True)),
        dict(zip(base_names, values[minor : minor + len(base_names)], strict=True)),
        values[-2],
        values[-1],
    )


def _amounts(wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    assert (wanted.minor and wanted.in_base) or not wanted.unique
    return _MINOR if wanted.minor else (), tuple(_SETTLED_OF) if wanted.in_base else ()


class _Question:
    """The statement's text and its parameters. Written out by what is wanted: the planner then sees no condition that is none."""

    def __init__(self, agent_id: int, generation: int, wanted: Wanted, tail: Sequence[str]) -> None:
        self.parameters: list[Any] = []
        self._wanted = wanted
        self._tail = tail
        self._agent = self._put(agent_id, "integer")
        self._generation = self._put(generation, "integer")
        self._minor, self._in_base_too = _amounts(wanted)
        # A parameter that is not named in the text has no type.
        self._base = self._put(wanted.base, "text") if wanted.in_base else ""
        self._where = self._conditions()

    def _put(self, value: object, kind: str) -> str:
        self.parameters.append(value)
        return f"${len(self.parameters)}::{kind}"

    def _conditions(self) -> str:
        wanted = self._wanted
        said = [
            f"s.quarter >= {self._put(wanted.start, 'timestamptz')}",
            f"s.quarter < {self._put(wanted.end, 'timestamptz')}",
        ]
        if wanted.player_id is not None:
            said.append(f"s.player_id = {self._put(wanted.player_id, 'text')}")
        if wanted.game_id is not None:
            said.append(f"s.game_id = {self._put(wanted.game_id, 'integer')}")
        return " AND ".join(said)

    def sql(self) -> str:
        """By players first where they are counted, then by what is wanted."""
        wanted = self._wanted
        by_player = wanted.unique or wanted.player_id is not None or PLAYER in wanted.keys
        inner = [f"{self._key(key)} AS k{place}" for place, key in enumerate(wanted.keys)]
        inner_keys = [f"k{place}" for place in range(len(wanted.keys))]
        amounts = ", ".join(f"sum({name}) AS {name}" for name in (*wanted.counts, *self._minor))
        based = [f"sum({self._in_base(name)}) AS base_{name}" for name in self._in_base_too]
        by = [*inner_keys, *(["u"] if wanted.unique else [])]
        first = ", ".join([*inner, *(["s.player_id AS u"] if wanted.unique else []), amounts, *based])
        scales = " JOIN scales c ON c.code = s.currency" if wanted.in_base else ""
        grouped = f"SELECT {first} FROM ({self._source(by_player)}) s{scales}"  # noqa: S608
        if by:
            grouped += f" GROUP BY {', '.join(by)}"
        if wanted.unique:
            grouped += f" HAVING {self._something('sum({})')}"
        return self._outer(grouped, inner_keys)

    def _outer(self, grouped: str, keys: list[str]) -> str:
        names = [*self._wanted.counts, *self._minor, *(f"base_{name}" for name in self._in_base_too)]
        if self._wanted.unique:
            sums = ", ".join(f"sum({name}) AS {name}" for name in names)
            # A player counts where a stake or a win of it stood.
            stood = " OR ".join(f"{name} <> 0" for name in _STOOD)
            players = f"count(*) FILTER (WHERE {stood}) AS players"
            grouped = f"SELECT {', '.join([*keys, sums, players])} FROM ({grouped}) p"  # noqa: S608
            grouped += f" GROUP BY {', '.join(keys)}" if keys else " HAVING count(*) > 0"
            names.append("players")
        else:
            names.append("0::bigint AS players")
        ordered = f" ORDER BY {', '.join(map(self._name, self._wanted.keys, keys))}" if keys else ""
        limit = self._put(self._wanted.limit, "bigint"), self._put(self._wanted.offset, "bigint")
        # Once for each currency, not for each row.
        scales = "WITH scales AS MATERIALIZED (SELECT code, ('1e-' || scale)::numeric AS unit FROM currency) "
        return (
            f"{scales if self._in_base_too else ''}SELECT {', '.join([*keys, *names])}, count(*) OVER () AS total"  # noqa: S608
            f" FROM ({grouped}) q{ordered}"
            f" LIMIT {limit[0]} OFFSET {limit[1]}"
        )

    def _key(self, key: str) -> str:
        if key == SPAN:
            return f"width_bucket(s.quarter, {self._put(list(self._wanted.spans), 'timestamptz[]')})"
        if key == HOUR:
            return f"date_bin('1 hour', s.quarter, {self._put(self._wanted.origin, 'timestamptz')})"
        return f"s.{key}"

    def _name(self, key: str, place: str) -> str:
        """What rows are sorted by: people's names for things."""
        if key == PLAYER:
            return f"(SELECT n.username FROM player n WHERE n.agent_id = {self._agent} AND n.player_id = {place})"  # noqa: S608
        if key == GAME:
            return f"(SELECT n.code FROM game n WHERE n.id = {place})"  # noqa: S608
        return f"(SELECT n.code FROM provider n WHERE n.id = {place})" if key == PROVIDER else place  # noqa: S608

    def _something(self, form: str) -> str:
        return " OR ".join(f"{form.format(name)} <> 0" for name in _TELLING)

    def _source(self, by_player: bool) -> str:
        keys = [key for key in _KEY_TYPES if by_player or key != PLAYER]
        table = "player_quarter" if by_player else "game_quarter"
        listed = ", ".join(f"s.{name}" for name in (*keys, *_FIGURES))
        stored = (
            f"SELECT {listed} FROM {table} s"  # noqa: S608 - names of our own
            f" WHERE s.agent_id = {self._agent} AND s.generation = {self._generation} AND {self._where}"
        )
        if not self._tail:
            return stored
        types = [*_KEY_TYPES.values(), *("bigint" if name in COUNTS else "numeric" for name in _FIGURES)]
        arrays = ", ".join(self._put(column, f"text::{kind}[]") for column, kind in zip(self._tail, types, strict=True))
        names = ", ".join((*_KEY_TYPES, *_FIGURES))
        return f"{stored} UNION ALL SELECT {listed} FROM unnest({arrays}) AS s ({names}) WHERE {self._where}"  # noqa: S608

    def _in_base(self, name: str) -> str:
        """Where there was no settle rate, the one that is known by now for that time, if any."""
        rate = (
            f"CASE WHEN s.currency = {self._base} THEN 1 ELSE COALESCE((SELECT r.rate FROM rate r"  # noqa: S608
            f" WHERE r.from_currency = s.currency AND r.to_currency = {self._base} AND r.valid_from <= s.quarter"
            " ORDER BY r.valid_from DESC LIMIT 1), 0) END"
        )
        exact = f"CASE WHEN s.rated THEN s.{_SETTLED_OF[name]} ELSE s.{name} * {rate} END"
        return f"({exact}) * c.unit"
