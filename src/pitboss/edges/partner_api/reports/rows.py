"""How reports write a transaction, and what they call it."""

from pitboss.domain.catalogue import AgentType
from pitboss.domain.money import format_minor
from pitboss.edges.partner_api.call import ReadCall
from pitboss.edges.partner_api.reports.query import Page, Stretch
from pitboss.storage.database import Connection
from pitboss.storage.reports.partner import Line, TransactionRow, Wanted

_TYPES = {"bet": "BET", "win": "WIN", "refund": "REFUND", "cancel": "CANCEL"}


def type_of(row: TransactionRow) -> str:
    """BET, WIN, REFUND, CANCEL, JACKPOT; BONUS for what no game did."""
    if row.kind == "win" and "JACKPOT" in (row.reason or "").upper():
        return "JACKPOT"
    return _TYPES.get(row.kind, "BONUS")


def code_of(call: ReadCall, row: TransactionRow) -> str:
    """The id the agent knows a transaction by: what its wallet was sent, or the wallet transaction of its history."""
    return str(row.number) if call.agent.type is AgentType.SEAMLESS else row.wallet_tx_id.hex


def game_code(call: ReadCall, game_id: int | None) -> str:
    """The game's id of the agent API; empty where it is unknown."""
    game = call.catalogue.games.get(game_id) if game_id is not None else None
    return game.code if game is not None else ""


def line_item(call: ReadCall, line: Line) -> dict[str, object]:
    """One line of the ledger; `amount` is what the player gained, less than nothing for a stake."""
    row = line.transaction
    scale = call.catalogue.currencies[row.currency].scale
    after = row.told - row.balance_after if line.in_bonus else row.balance_after
    return {
        "transactionCode": code_of(call, row),
        "roundCode": row.round_id or "",
        "username": row.username,
        "gameCode": game_code(call, row.game_id),
        "type": type_of(row),
        "fundType": "BONUS" if line.in_bonus else "REAL",
        "amount": format_minor(row.bonus_amount if line.in_bonus else row.real_amount, scale),
        "currency": row.currency,
        "balanceAfter": format_minor(after, scale),
        "date": call.told_time(row.at),
    }


def transaction_item(call: ReadCall, row: TransactionRow) -> dict[str, object]:
    """One transaction, its real and bonus part side by side; balances are those of real money."""
    scale = call.catalogue.currencies[row.currency].scale
    return {
        "transactionCode": code_of(call, row),
        "providerTransactionCode": row.provider_tx_id,
        "roundCode": row.round_id or "",
        "gameCode": game_code(call, row.game_id),
        "type": type_of(row),
        "state": row.state,
        "realAmount": format_minor(row.real_amount, scale),
        "bonusAmount": format_minor(row.bonus_amount, scale),
        "currency": row.currency,
        "balanceBefore": format_minor(row.balance_before, scale),
        "balanceAfter": format_minor(row.balance_after, scale),
        "date": call.told_time(row.at),
    }


async def wanted(call: ReadCall, connection: Connection, username: str | None, stretch: Stretch, page: Page) -> Wanted:
    """Which transactions a report is about. Raises ERR_PLAYER_NOT_FOUND, ERR_GAME_NOT_FOUND."""
    code = call.fields.optional_text("gameCode")
    game = call.game(code) if code is not None else None
    player = await call.player(connection, username) if username is not None else None
    return Wanted(
        stretch.since,
        stretch.until,
        player.player_id if player else None,
        game.id if game else None,
        page.per_page,
        page.offset,
    )
