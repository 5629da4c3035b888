"""gameLogs: a round's transactions, and what its studio tells of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from pitboss.domain.catalogue import Game
from pitboss.domain.money import Unit, format_minor
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls import history, offer
from pitboss.edges.game_log import log_details
from pitboss.providers import Failed
from pitboss.providers.round_history import NO_DATA, round_history
from pitboss.storage.play.history import HistoryFilter, HistoryRow, read_history
from pitboss.storage.play.played import PlayedTransaction, find_by_id
from pitboss.wire.agent_api import ApiError, ErrorCode

_MOST_TRANSACTIONS = 1_000
_DEFAULT_DAYS = timedelta(days=7)

MoneyMembers = Callable[[Call, HistoryRow, Unit], dict[str, object]]
"""How a version writes a transaction's amounts and currencies; the unit is the studio's."""


async def by_round(call: Call, money: MoneyMembers, *, days_back: bool) -> object:
    """By gameId, username and roundId. `days_back`: from and to may be given, and are the last seven days where they are not."""
    code, round_id = call.fields.text("gameId"), call.fields.text("roundId")
    since, until = _window(call) if days_back else (None, None)
    game = call.catalogue.games_by_code.get(code)
    if game is None:
        raise ApiError(ErrorCode.GAME_NOT_FOUND)
    player = await call.player()
    rows = await _rows(call, HistoryFilter(player.player_id, game.id, round_id, since, until, _MOST_TRANSACTIONS, 0))
    if not rows:
        raise ApiError(ErrorCode.ROUND_NOT_FOUND)
    last = rows[-1]
    played = PlayedTransaction(
        last.provider_id, last.provider_tx_id, round_id, None, game.id, last.user_in_game, last.currency
    )
    return await _result(call, played, game, rows, money)


async def by_history_id(call: Call, money: MoneyMembers) -> object:
    """By the id of a history item (version 1.3)."""
    history_id = call.fields.text("historyId")
    async with call.tenant() as connection:
        played = await find_by_id(connection, call.agent.id, history_id, None)
    if played is None:
        raise ApiError(ErrorCode.HISTORY_NOT_FOUND)
    player_id = played.user_in_game.rpartition("-")[0]
    wanted = HistoryFilter(player_id, played.game_id, played.round_id, None, None, _MOST_TRANSACTIONS, 0)
    rows = [row for row in await _rows(call, wanted) if row.user_in_game == played.user_in_game]
    game = call.catalogue.games.get(played.game_id) if played.game_id is not None else None
    return await _result(call, played, game, rows, money)


def _window(call: Call) -> tuple[datetime | None, datetime | None]:
    since, until = call.fields.time("from"), call.fields.time("to")
    if since is None and until is None:
        return call.now - _DEFAULT_DAYS, None
    return since, until


async def _rows(call: Call, wanted: HistoryFilter) -> list[HistoryRow]:
    """In the order they happened."""
    async with call.tenant() as connection:
        rows = await read_history(connection, call.agent.id, wanted)
    return rows[::-1]


async def _result(
    call: Call, played: PlayedTransaction, game: Game | None, rows: list[HistoryRow], money: MoneyMembers
) -> object:
    provider = call.catalogue.providers[played.provider_id]
    told = await round_history(call.connectors, call.catalogue, played)
    log = NO_DATA if isinstance(told, Failed) else told
    unit = provider.unit_for(call.catalogue.currencies[played.currency])
    return {
        "providerId": provider.code,
        "gameType": offer.category_item(game.category)["label"] if game else "",
        "gameName": game.name if game else "",
        "roundId": played.round_id or "",
        "result": {
            "logType": log.log_type,
            "url": log.url,
            "gameName": log.game_name,
            "gameResult": log.game_result,
        },
        "transactions": [_transaction(call, row, unit, money) for row in rows],
        **log_details(log),
    }


def _transaction(call: Call, row: HistoryRow, unit: Unit, money: MoneyMembers) -> dict[str, object]:
    scale = call.catalogue.currencies[row.currency].scale
    return {
        "id": row.provider_tx_id,
        "type": history.tx_type(row).label,
        **money(call, row, unit),
        "beforeBalance": format_minor(row.balance_before, scale),
        "afterBalance": format_minor(row.balance_after, scale),
        "createdAt": call.told_time(row.at),
    }
