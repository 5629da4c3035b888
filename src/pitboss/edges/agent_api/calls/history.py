"""history: what happened to players in play, newest first."""

from collections.abc import Callable
from typing import NamedTuple

from pitboss.domain.catalogue import AgentType
from pitboss.domain.money import Currency, Unit, format_minor, unit_of
from pitboss.edges.agent_api.call import Call
from pitboss.storage.play.history import HistoryFilter, HistoryRow, read_history
from pitboss.wire.agent_api import ApiError, ErrorCode

PER_PAGE = 30
MOST_PER_PAGE = 1000
_LAST_PAGE = 1_000_000_000


class TxType(NamedTuple):
    """What an item is called."""

    id: int
    label: str


BET, SETTLE, REFUND, CANCEL = TxType(1, "Bet"), TxType(2, "Settle"), TxType(3, "Refund"), TxType(4, "Cancel")
FREE_BET, FREE_SETTLE = TxType(5, "Free round bet"), TxType(6, "Free round settle")
JACKPOT = TxType(7, "Jackpot")

AmountItem = Callable[[Call, HistoryRow, Unit], object]
"""How a version writes an item's amount; the unit is the studio's."""


async def read_page(call: Call, amount_item: AmountItem) -> object:
    """One page, grouped under the agent's base currency."""
    paginate = call.fields.inner("paginate")
    page = paginate.whole_number("page", 1, 1, _LAST_PAGE)
    per_page = paginate.whole_number("perPage", PER_PAGE, 1, MOST_PER_PAGE)
    # One more than asked for tells whether there is a next page.
    wanted = await _filter(call, limit=per_page + 1, offset=(page - 1) * per_page)
    async with call.tenant() as connection:
        rows = await read_history(connection, call.agent.id, wanted)
    items = [_item(call, row, amount_item) for row in rows[:per_page]]
    return {
        "currencyGroup": {call.agent.base_currency.code: {"items": items}},
        "paginate": {"page": page, "perPage": per_page, "next": len(rows) > per_page},
    }


async def _filter(call: Call, limit: int, offset: int) -> HistoryFilter:
    fields = call.fields
    since, until, round_id = fields.time("from"), fields.time("to"), fields.optional_text("roundId")
    game_code = fields.optional_text("gameId")
    game = call.catalogue.games_by_code.get(game_code) if game_code is not None else None
    if game_code is not None and game is None:
        raise ApiError(ErrorCode.GAME_NOT_FOUND)
    player = await call.player() if fields.optional_text("username") is not None else None
    return HistoryFilter(
        player.player_id if player else None, game.id if game else None, round_id, since, until, limit, offset
    )


def _item(call: Call, row: HistoryRow, amount_item: AmountItem) -> dict[str, object]:
    provider = call.catalogue.providers[row.provider_id]
    currency = call.catalogue.currencies[row.currency]
    unit = provider.unit_for(currency)
    kind = tx_type(row)
    seamless = call.agent.type is AgentType.SEAMLESS
    return {
        "id": row.id.hex,
        "provider": {"id": provider.code, "name": provider.name},
        "userInGame": _user_in_game(call, row, unit),
        "game": _game(call, row),
        "roundId": row.round_id or "",
        "walletTxId": str(row.number) if seamless else row.wallet_tx_id.hex,
        "providerTxId": row.provider_tx_id,
        "txType": {"id": kind.id, "label": kind.label, "flag": row.review or ""},
        "amount": amount_item(call, row, unit),
        "walletBeforeBalance": format_minor(row.balance_before, currency.scale),
        "walletAfterBalance": format_minor(row.balance_after, currency.scale),
        "receivedAt": call.told_time(row.at),
    }


def _user_in_game(call: Call, row: HistoryRow, unit: Unit) -> dict[str, object]:
    return {
        "userInGame": row.user_in_game,
        "playerId": row.player_id,
        "agentId": call.agent.id,
        "agentPrefix": call.agent.prefix,
        "currency": unit.code,
        "username": row.username,
    }


def _game(call: Call, row: HistoryRow) -> dict[str, object]:
    game = call.catalogue.games.get(row.game_id) if row.game_id is not None else None
    if game is None:
        return {"gameId": "", "name": "", "category": ""}
    return {"gameId": game.code, "name": game.name, "category": game.category}


def tx_type(row: HistoryRow) -> TxType:
    """What a transaction is called."""
    reason = (row.reason or "").upper()
    free = reason.startswith("PROMO-FREESPIN")
    if row.kind == "bet":
        return FREE_BET if free else BET
    if row.kind == "win":
        if "JACKPOT" in reason:
            return JACKPOT
        return FREE_SETTLE if free else SETTLE
    return REFUND if row.kind == "refund" else CANCEL


def moved(row: HistoryRow) -> int:
    """What the item moved, real and bonus money together, in minor units of the player's currency."""
    return row.real_amount + row.bonus_amount


def in_unit(minor: int, unit: Unit) -> str:
    """The studio's figure for minor units of the player's currency: 1600 IDR are 1.6 KIDR."""
    return format_minor(minor, unit.scale)


def in_currency(minor: int, currency: Currency) -> str:
    """The player's figure."""
    return in_unit(minor, unit_of(currency))
