"""gameTransactionLineItems and playerGameTransactions: what games did to players' money, line by line."""

from pitboss.edges.partner_api.call import ReadCall
from pitboss.edges.partner_api.reports.query import Table, read_page, read_stretch
from pitboss.edges.partner_api.reports.rows import line_item, transaction_item, wanted
from pitboss.storage.reports.partner import read_lines, read_transactions
from pitboss.storage.reports.quarters import one_snapshot

LINE_COLUMNS = (
    "transactionCode", "roundCode", "username", "gameCode", "type", "fundType", "amount", "currency", "balanceAfter", "date",
)  # fmt: skip
TRANSACTION_COLUMNS = (
    "transactionCode", "providerTransactionCode", "roundCode", "gameCode", "type", "state", "realAmount", "bonusAmount",
    "currency", "balanceBefore", "balanceAfter", "date",
)  # fmt: skip


async def game_transaction_line_items(call: ReadCall) -> Table:
    """Every ledger line of every game transaction, in order of arrival; one player's, or one game's, where named."""
    page, stretch = read_page(call), read_stretch(call)
    username = call.fields.optional_text("username")
    async with call.tenant() as connection:
        await one_snapshot(connection)
        asked = await wanted(call, connection, username, stretch, page)
        lines, total = await read_lines(connection, call.agent.id, asked)
    return Table(LINE_COLUMNS, [line_item(call, line) for line in lines], page, total)


async def player_game_transactions(call: ReadCall) -> Table:
    """One row for each of a player's transactions, in order of arrival."""
    page, stretch = read_page(call), read_stretch(call)
    username = call.fields.text("username")
    async with call.tenant() as connection:
        await one_snapshot(connection)
        asked = await wanted(call, connection, username, stretch, page)
        rows, total = await read_transactions(connection, call.agent.id, asked)
    return Table(TRANSACTION_COLUMNS, [transaction_item(call, row) for row in rows], page, total)
