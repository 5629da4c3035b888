"""The partner API's `stats`: what was played by an agent and those under it, by any grouping, in any time zone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Final, NamedTuple

from pitboss.domain.catalogue import Agent, Catalogue
from pitboss.domain.reports.quarters import add_exact, times_exact
from pitboss.domain.reports.spans import day_starts, hour_starts, quarters_between
from pitboss.storage.database import Connection
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.storage.reports.sums import CURRENCY, GAME, PLAYER, PROVIDER, SPAN, Sums, Wanted, add_up_reports

GROUPS: Final = ("day", "hour", "player", "game", "provider", "currency", "entity")
_RATIO: Final = Context(prec=100)
MOST_SPANS: Final = 10_000
_COLUMNS: Final = {"player": PLAYER, "game": GAME, "provider": PROVIDER, "currency": CURRENCY}

OpenTenant = Callable[[int], AbstractAsyncContextManager[Connection]]
"""Opens a transaction that sees an agent's rows; nothing may have been read in it yet."""


class TooManySpans(Exception):
    """More days or hours than one question may be about (MOST_SPANS)."""


class StatsPage(NamedTuple):
    """`limit` rows from `offset` on."""

    limit: int
    offset: int


class StatsRow(NamedTuple):
    """One group. `members`: what it is grouped by, in that order, in the contract's words (`day`, `hour`, `username`, `gameCode`,
    `provider`, `currency`, `entity`). Money is exact, in major units of `currency`: the group's own where grouped by currency,
    else the base currency of the agents, which are told apart where theirs differ.

    `rounds`, `bets`, `wins`, `refunds`, `bonus_bets`, `jackpots`, `unique_players` are numbers; `winnings` hold jackpots,
    `bonus_winnings` are those of promotional stakes; `rtp` = winnings / turnover, None without turnover."""

    members: Mapping[str, str]
    currency: str
    rounds: int
    bets: int
    turnover: Decimal
    wins: int
    winnings: Decimal
    refunds: int
    bonus_bets: int
    bonus_winnings: Decimal
    jackpots: int
    unique_players: int

    @property
    def ggr(self) -> Decimal:
        """turnover - winnings."""
        return add_exact(self.turnover, self.winnings.copy_negate())

    @property
    def rtp(self) -> Decimal | None:
        """winnings / turnover to four decimals."""
        if not self.turnover:
            return None
        return _RATIO.divide(self.winnings, self.turnover).quantize(Decimal("0.0001"), ROUND_HALF_EVEN, _RATIO)


async def stats(
    open_tenant: OpenTenant,
    catalogue: Catalogue,
    agent_ids: Sequence[int],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    group_by: Sequence[str],
    page: StatsPage,
) -> tuple[list[StatsRow], int]:
    """One page and the number of rows in all, in the order of their groups. `start` and `end` (aware) are taken in whole quarters
    of an hour: one that has begun counts. `group_by`: of GROUPS, each once; days and hours are those of `zone`. Raises
    TooManySpans."""
    first, last = quarters_between(start, end)
    spans = _spans(first, last, zone, group_by)
    keys = [SPAN] if spans else []
    keys += [_COLUMNS[group] for group in group_by if group in _COLUMNS]
    alone = len(agent_ids) == 1
    found: list[tuple[tuple[str, ...], StatsRow]] = []
    total = 0
    for agent_id in agent_ids:
        agent = catalogue.agents[agent_id]
        wanted = Wanted(
            first, last, keys, agent.base_currency.code, spans, unique=True,
            limit=page.limit if alone else None, offset=page.offset if alone else 0,
        )  # fmt: skip
        async with open_tenant(agent_id) as conn:
            await one_snapshot(conn)
            rows = await add_up_reports(conn, agent_id, wanted)
            names = await _usernames(conn, agent_id, rows, keys)
        total = rows[0].total if rows else 0
        found += [_row(catalogue, agent, row, keys, group_by, (spans, zone), names) for row in rows]
    if alone:
        return [row for _, row in found], total
    merged = _merged(found)
    return merged[page.offset : page.offset + page.limit], len(merged)


def _spans(start: datetime, end: datetime, zone: tzinfo, group_by: Sequence[str]) -> list[datetime]:
    if "hour" in group_by:
        if (end - start).total_seconds() > MOST_SPANS * 3600:
            raise TooManySpans
        return hour_starts(start, end, zone)
    if "day" in group_by:
        if (end - start).days > MOST_SPANS:
            raise TooManySpans
        return day_starts(start, end, zone)
    return []


async def _usernames(conn: Connection, agent_id: int, rows: Iterable[Sums], keys: Sequence[str]) -> Mapping[str, str]:
    if PLAYER not in keys:
        return {}
    place = keys.index(PLAYER)
    ids = list({row.keys[place] for row in rows})
    known = await conn.fetch(
        "SELECT player_id, username FROM player WHERE agent_id = $1 AND player_id = ANY ($2::text[])", agent_id, ids
    )
    return {row[0]: row[1] for row in known}


def _row(
    catalogue: Catalogue,
    agent: Agent,
    sums: Sums,
    keys: Sequence[str],
    group_by: Sequence[str],
    when: tuple[Sequence[datetime], tzinfo],
    names: Mapping[str, str],
) -> tuple[tuple[str, ...], StatsRow]:
    told = dict(zip(keys, sums.keys, strict=True))
    spans, zone = when
    members: dict[str, str] = {}
    for group in group_by:
        if group in ("day", "hour"):
            begin = spans[told[SPAN] - 1].astimezone(zone)
            members[group] = begin.date().isoformat() if group == "day" else begin.isoformat()
        elif group == "player":
            members["username"] = names.get(told[PLAYER], told[PLAYER])
        elif group == "game":
            game = catalogue.games.get(told[GAME])
            members["gameCode"] = game.code if game is not None else ""
        elif group == "provider":
            members["provider"] = catalogue.providers[told[PROVIDER]].code
        elif group == "currency":
            members["currency"] = told[CURRENCY]
        else:
            members["entity"] = agent.name
    if CURRENCY in told:
        code, scale = told[CURRENCY], catalogue.currencies[told[CURRENCY]].scale
        money = {name: times_exact(minor, Decimal(f"1e-{scale}")) for name, minor in sums.minor.items()}
    else:
        code, money = agent.base_currency.code, dict(sums.base)
    counts = sums.counts
    row = StatsRow(
        members, code, counts["rounds"], counts["bets"], money["turnover"], counts["wins"],
        add_exact(money["winnings"], money["jackpot_winnings"]), counts["refunds"], counts["promo_bets"],
        money["promo_winnings"], counts["jackpots"], sums.players,
    )  # fmt: skip
    return tuple(str(key) for key in members.values()), row


def _merged(found: Iterable[tuple[tuple[str, ...], StatsRow]]) -> list[StatsRow]:
    """Groups of several agents as one; players are always one agent's, so that their numbers add up."""
    merged: dict[tuple[tuple[str, ...], str], StatsRow] = {}
    for key, row in found:
        place = key, row.currency
        known = merged.get(place)
        merged[place] = row if known is None else _sum(known, row)
    return [merged[place] for place in sorted(merged)]


def _sum(left: StatsRow, right: StatsRow) -> StatsRow:
    def together(a: Any, b: Any) -> Any:
        return add_exact(a, b) if isinstance(a, Decimal) else a + b

    return StatsRow(left.members, left.currency, *map(together, left[2:], right[2:]))
