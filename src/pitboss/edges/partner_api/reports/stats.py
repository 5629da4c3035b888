"""stats: what was played by the agent's players and those of agents under it, grouped as wished."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from pitboss.domain.money import format_decimal
from pitboss.edges.partner_api.call import ReadCall
from pitboss.edges.partner_api.reports.entity_balances import family
from pitboss.edges.partner_api.reports.query import Table, read_page, read_stretch
from pitboss.storage.database import Connection
from pitboss.storage.reports.stats import GROUPS, StatsPage, StatsRow, TooManySpans
from pitboss.storage.reports.stats import stats as read_stats

_MEMBERS = {"player": "username", "game": "gameCode"}
_FIGURES = (
    "currency", "rounds", "bets", "turnover", "wins", "winnings", "refunds", "bonusBets", "bonusWinnings", "jackpots", "ggr",
    "rtp", "uniquePlayers",
)  # fmt: skip


async def stats(call: ReadCall) -> Table:
    """A row for each group; one row where nothing is grouped. Whole quarters of an hour: one that has begun counts."""
    page, stretch = read_page(call), read_stretch(call)
    groups = _groups(call)
    agents = [agent.id for agent in family(call.catalogue, call.agent)]

    def tenant(agent_id: int) -> AbstractAsyncContextManager[Connection]:
        return _tenant(call, agent_id)

    try:
        rows, total = await read_stats(
            tenant, call.catalogue, agents, stretch.since, stretch.until, stretch.zone, groups,
            StatsPage(page.per_page, page.offset),
        )  # fmt: skip
    except TooManySpans:
        raise call.fields.wrong("startDate", "is too long before endDate for days or hours") from None
    columns = tuple(dict.fromkeys((*(_MEMBERS.get(group, group) for group in groups), *_FIGURES)))
    return Table(columns, [_item(row) for row in rows], page, total)


@asynccontextmanager
async def _tenant(call: ReadCall, agent_id: int) -> AsyncIterator[Connection]:
    async with call.gate.inside(), call.hub.database.tenant(agent_id) as connection:
        yield connection


def _groups(call: ReadCall) -> list[str]:
    if call.fields.optional_text("groupBy") is None:
        return []
    groups = call.fields.comma_list("groupBy", len(GROUPS))
    if not set(groups) <= set(GROUPS):
        raise call.fields.wrong("groupBy", f"must be of {', '.join(GROUPS)}")
    return groups


def _item(row: StatsRow) -> dict[str, object]:
    return {
        **row.members,
        "currency": row.currency,
        "rounds": row.rounds,
        "bets": row.bets,
        "turnover": format_decimal(row.turnover),
        "wins": row.wins,
        "winnings": format_decimal(row.winnings),
        "refunds": row.refunds,
        "bonusBets": row.bonus_bets,
        "bonusWinnings": format_decimal(row.bonus_winnings),
        "jackpots": row.jackpots,
        "ggr": format_decimal(row.ggr),
        "rtp": None if row.rtp is None else format_decimal(row.rtp),
        "uniquePlayers": row.unique_players,
    }
