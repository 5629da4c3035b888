"""Segments of players: a judged filter as SQL. What it says is a parameter everywhere; the text is made of our own pieces."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from pitboss.domain.events.segments import COUNTS, FLAGS, MONEY, TEXTS, Condition, Every, Filter, Not
from pitboss.storage.database import Connection

_MEMBERS = msgspec.json.Decoder(dict[str, object])
_SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_SUMS = {name: f"sum(f.{name})" for name in (COUNTS | MONEY) - {"ggr"}} | {"ggr": "sum(f.turnover - f.winnings)"}
_SEEN = {"first_seen": "min(f.first_seen)", "last_seen": "max(f.last_seen)", "last_login": "max(f.last_login)"}
_FIGURES = "(SELECT {} FROM event_player_figure f WHERE f.agent_id = $1 AND f.player_id = p.player_id{})"
_PLAYED = (
    "EXISTS (SELECT 1 FROM event_play_figure f"
    " WHERE f.agent_id = $1 AND f.player_id = p.player_id AND f.game_id = ANY ({}::text[]))"
)


class Player(NamedTuple):
    """A player of a segment, and what is known of it by member."""

    player_id: str
    members: Mapping[str, object]


async def count_segment(conn: Connection, agent_id: int, wanted: Filter) -> int:
    """How many players fit."""
    where = _Where([agent_id])
    text = f"SELECT count(*) FROM event_player p WHERE p.agent_id = $1 AND {where.of(wanted)}"  # noqa: S608 - our own pieces
    found: int = await conn.fetchval(text, *where.values)
    return found


async def read_segment(conn: Connection, agent_id: int, wanted: Filter, after: str, most: int) -> list[Player]:
    """The next players that fit, in the order of their ids, behind `after`."""
    where = _Where([agent_id, after, most])
    fitting = where.of(wanted)
    text = f"SELECT p.player_id, p.profile FROM event_player p WHERE p.agent_id = $1 AND p.player_id > $2 AND {fitting}"  # noqa: S608
    rows = await conn.fetch(f"{text} ORDER BY p.player_id LIMIT $3", *where.values)
    return [Player(row[0], _MEMBERS.decode(row[1])) for row in rows]


class _Where:
    """Collects a statement's values while its text is put together; $1 is the agent's id."""

    def __init__(self, values: list[object]) -> None:
        self.values = values

    def of(self, wanted: Filter) -> str:
        """What must hold, never NULL."""
        if isinstance(wanted, Condition):
            return f"COALESCE({self._condition(wanted)}, false)"
        if isinstance(wanted, Not):
            return f"NOT ({self.of(wanted.part)})"
        parts = [f"({self.of(part)})" for part in wanted.parts]
        if isinstance(wanted, Every):
            return " AND ".join(parts) or "true"
        return " OR ".join(parts) or "false"

    def _condition(self, wanted: Condition) -> str:
        if wanted.field == "played":
            games = list(wanted.value) if isinstance(wanted.value, tuple) else [wanted.value]
            return _PLAYED.format(self._add(games))
        if wanted.field in _SUMS:
            return self._sum(wanted)
        if wanted.field in _SEEN or wanted.field == "registration_date":
            return self._time(wanted)
        return self._member(wanted)

    def _member(self, wanted: Condition) -> str:
        if wanted.field == "announced":
            return f"p.announced = {self._add(wanted.value)}::boolean"
        name = f"{self._add(wanted.field)}::text"
        if wanted.op == "known":
            return f"((p.profile ->> {name}) IS NOT NULL) = {self._add(wanted.value)}::boolean"
        if wanted.field in FLAGS:
            return f"(p.profile ->> {name})::boolean = {self._add(wanted.value)}::boolean"
        if wanted.op in ("has", "has_any"):
            tags = list(wanted.value) if isinstance(wanted.value, tuple) else [wanted.value]
            return f"(p.profile -> {name}) ?| {self._add(tags)}::text[]"
        assert wanted.field in TEXTS
        if wanted.op == "contains":
            return f"strpos(lower(p.profile ->> {name}), lower({self._add(wanted.value)}::text)) > 0"
        values = list(wanted.value) if isinstance(wanted.value, tuple) else [wanted.value]
        return f"p.profile ->> {name} = ANY ({self._add(values)}::text[])"

    def _sum(self, wanted: Condition) -> str:
        currency = "" if wanted.currency is None else f" AND f.currency = {self._add(wanted.currency)}::text"
        figure = _FIGURES.format(f"COALESCE({_SUMS[wanted.field]}, 0)", currency)
        return f"{figure} {_SIGNS[wanted.op]} {self._add(wanted.value)}::text::numeric"

    def _time(self, wanted: Condition) -> str:
        if wanted.field == "registration_date":
            at = "(p.profile ->> 'registration_date')::timestamptz"
        else:
            at = _FIGURES.format(_SEEN[wanted.field], "")
        if wanted.op == "known":
            return f"({at} IS NOT NULL) = {self._add(wanted.value)}::boolean"
        sign = "<" if wanted.op in ("before", "older_than_days") else ">="
        return f"{at} {sign} {self._add(wanted.value)}::timestamptz"

    def _add(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"
