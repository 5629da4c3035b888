"""playerDailyReport: what a player won, lost and turned over, hour by hour, in the agent's base currency; newest first."""

from datetime import timedelta, timezone

from pitboss.domain.money import format_decimal
from pitboss.domain.reports.daily import DailyLine, daily_lines, rounded
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls.history import MOST_PER_PAGE, PER_PAGE
from pitboss.storage.reports.daily import HoursWanted, player_hours
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.wire.agent_api import ApiError, ErrorCode

_LAST_PAGE = 1_000_000_000


async def read_report(call: Call, *, times_required: bool) -> object:
    """One page. `times_required`: whether this version insists on from and to; quarters of an hour that have begun count whole."""
    paginate = call.fields.inner("paginate")
    page = paginate.whole_number("page", 1, 1, _LAST_PAGE)
    per_page = paginate.whole_number("perPage", PER_PAGE, 1, MOST_PER_PAGE)
    lines = await _lines(call, times_required)
    shown = lines[(page - 1) * per_page : page * per_page]
    return {
        "items": [_item(call, line) for line in shown],
        "paginate": {"page": page, "perPage": per_page, "next": int(len(lines) > page * per_page)},
    }


async def _lines(call: Call, times_required: bool) -> list[DailyLine]:
    fields, agent = call.fields, call.agent
    if times_required:
        fields.text("from")
        fields.text("to")
    since, until, round_id = fields.time("from"), fields.time("to"), fields.optional_text("roundId")
    game_code = fields.optional_text("gameId")
    game = call.catalogue.games_by_code.get(game_code) if game_code is not None else None
    if game_code is not None and game is None:
        raise ApiError(ErrorCode.GAME_NOT_FOUND)
    player = await call.player()
    wanted = HoursWanted(
        player.player_id,
        game.id if game else None,
        round_id,
        since,
        until,
        agent.utc_offset_min,
        agent.base_currency.code,
    )
    async with call.tenant() as connection:
        await one_snapshot(connection)
        hours = await player_hours(connection, call.catalogue, agent.id, wanted)
    return daily_lines(hours, agent.providers)


def _item(call: Call, line: DailyLine) -> dict[str, object]:
    amounts = (format_decimal(rounded(amount)) for amount in line[1:7])
    names = (
        "playerWinLoss",
        "validTurnOver",
        "agentWinLoss",
        "agentCommission",
        "agentContribution",
        "playerFreeRound",
    )
    offset = call.agent.utc_offset_min
    hour = line.hour.astimezone(timezone(timedelta(minutes=offset))).isoformat(timespec="seconds")
    return {
        **dict(zip(names, amounts, strict=True)),
        "freeRoundCount": line.free_round_count,
        "timestamp": hour if offset else hour.removesuffix("+00:00") + "Z",
    }
