"""gameRound and openGameRounds: one round whole, and the rounds nobody has finished."""

from datetime import datetime, timedelta

from pitboss.domain.money import format_minor
from pitboss.edges.game_log import log_details
from pitboss.edges.partner_api.call import ReadCall
from pitboss.edges.partner_api.reports.query import Table, read_moment, read_page, read_zone
from pitboss.edges.partner_api.reports.rows import game_code, line_item, transaction_item
from pitboss.providers import Failed
from pitboss.providers.round_history import NO_DATA, round_history
from pitboss.storage.play.played import PlayedTransaction
from pitboss.storage.reports.partner import (
    Line,
    OpenRound,
    RoundRow,
    TransactionRow,
    find_rounds,
    read_open_rounds,
    transactions_of_round,
)
from pitboss.storage.reports.quarters import one_snapshot
from pitboss.wire.partner_api import ErrorCode, PartnerError, invalid
from pitboss.wire.studio import RoundLog

OPEN_COLUMNS = (
    "roundCode", "gameCode", "provider", "username", "currency", "staked", "won", "openedAt", "lastActivity", "reason",
)  # fmt: skip
_MOST_MINUTES = 10_000_000
_STOOD = ("ok", "canceled")


async def game_round(call: ReadCall) -> object:
    """A single round of a player, by the studio's own id of it. Where several players were in it, `username` says whose part."""
    fields = call.fields
    game, round_id, username = (
        call.game(fields.text("gameCode")),
        fields.text("roundId"),
        fields.optional_text("username"),
    )
    async with call.tenant() as connection:
        await one_snapshot(connection)
        found = await find_rounds(connection, call.agent.id, game.provider_id, round_id, game.id, username)
        if not found:
            raise PartnerError(ErrorCode.ROUND_NOT_FOUND)
        if len(found) > 1 and username is None:
            raise invalid("username", "is required: several players were in this round")
        transactions = await transactions_of_round(connection, call.agent.id, found[0])
    return await _told(call, found[0], transactions)


async def _told(call: ReadCall, found: RoundRow, transactions: list[TransactionRow]) -> object:
    scale = call.catalogue.currencies[found.currency].scale
    stood = [row for row in transactions if row.state in _STOOD]
    lines = [Line(row, in_bonus) for row in stood for in_bonus in (False, True)]
    told = [
        {**line_item(call, line), "state": line.transaction.state}
        for line in lines
        if (line.transaction.bonus_amount if line.in_bonus else line.transaction.real_amount)
    ]
    log = await _log(call, found, transactions)
    return {
        **_head(call, found),
        "state": "finished" if found.finished else "open",
        "playerId": found.player_id,
        "bets": found.bets,
        "returned": format_minor(found.returned, scale),
        "transactions": [transaction_item(call, row) for row in transactions],
        "lines": [line for line in told if line["fundType"] == "REAL"],
        "bonusChanges": [line for line in told if line["fundType"] == "BONUS"],
        "gameLog": {
            "logType": log.log_type,
            "gameName": log.game_name,
            "gameResult": log.game_result,
            "rows": [],
            **log_details(log),
        },
        "historyUrl": log.url or None,
    }


async def _log(call: ReadCall, found: RoundRow, transactions: list[TransactionRow]) -> RoundLog:
    """What the studio tells of the round; no data where it tells nothing or is away."""
    if not transactions:
        return NO_DATA
    asked = PlayedTransaction(
        found.provider_id,
        transactions[-1].provider_tx_id,
        found.round_id,
        None,
        found.game_id,
        found.user_in_game,
        found.currency,
    )
    told = await round_history(call.connectors, call.catalogue, asked)
    return NO_DATA if isinstance(told, Failed) else told


def _head(call: ReadCall, found: RoundRow) -> dict[str, object]:
    scale = call.catalogue.currencies[found.currency].scale
    return {
        "roundCode": found.round_id,
        "gameCode": game_code(call, found.game_id),
        "provider": call.catalogue.providers[found.provider_id].code,
        "username": found.username,
        "currency": found.currency,
        "staked": format_minor(found.staked, scale),
        "won": format_minor(found.won, scale),
        "openedAt": call.told_time(found.opened_at),
        "lastActivity": call.told_time(found.changed_at),
    }


async def open_game_rounds(call: ReadCall) -> Table:
    """Rounds that are open, the longest untouched first; `olderThan`: a moment, or so many minutes ago. `startDate` and `endDate`
    are about when they were opened."""
    page, zone = read_page(call), read_zone(call)
    opened = read_moment(call, "startDate", zone), read_moment(call, "endDate", zone)
    untouched_since = _older_than(call)
    async with call.tenant() as connection:
        await one_snapshot(connection)
        rows, total = await read_open_rounds(
            connection, call.agent.id, untouched_since, opened, (page.per_page, page.offset), call.now
        )
    return Table(OPEN_COLUMNS, [{**_head(call, row.round), "reason": _reason(row)} for row in rows], page, total)


def _older_than(call: ReadCall) -> datetime | None:
    text = call.fields.optional_text("olderThan")
    if text is None or not text.isdigit():
        return read_moment(call, "olderThan", read_zone(call))
    minutes = call.fields.whole_number("olderThan", 0, 0, _MOST_MINUTES)
    return call.now - timedelta(minutes=minutes)


def _reason(row: OpenRound) -> str | None:
    if row.waits:
        return "the agent's wallet has not answered for a transaction of it"
    return "the player has the game open" if row.plays else None
