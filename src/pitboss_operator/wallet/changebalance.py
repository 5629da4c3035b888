"""changebalance: BET, WIN and REFUND, each id booked once, whatever happens (document: `changebalance`)."""

from pitboss_operator.money import BadAmount
from pitboss_operator.protocol.answer import Verdict, accepted, refused
from pitboss_operator.protocol.refusal import Code, Malformed, Refusal
from pitboss_operator.protocol.requests import ChangeBalance
from pitboss_operator.storage import players, transactions
from pitboss_operator.storage.players import Player
from pitboss_operator.storage.transactions import Transaction
from pitboss_operator.wallet.commands import Books, amount, live_token, perform, player_named


@perform.register
def change_balance(command: ChangeBalance, books: Books) -> Verdict:
    """Book a transaction, or say again what was said of it."""
    player = players.find(books.db, command.user_id)
    minor = _minor(command, player, books)
    known = books.rules.remembered(transactions.find(books.db, command.transaction_id))
    if known is not None:
        return _again(command, known, books)
    if transactions.canceled_before(books.db, command.user_id, command.transaction_id):
        raise Refusal(Code.NEVER, "The transaction was canceled before it came")
    try:
        player = _judge(command, minor, books)
    except Refusal as refusal:
        if command.type == "BET" and player is not None and books.rules.keeps_refusal(refusal.code):
            written = _written(command, minor, player.balance, "refused", refusal)
            transactions.record(books.db, written, again=not books.rules.guards_ids)
            return refused(refusal)
        raise
    return _book(command, player, minor, books)


def _minor(command: ChangeBalance, player: Player | None, books: Books) -> int:
    """0 where the currency is not the player's: nothing will be booked then."""
    if command.amount == "0" and not books.rules.may_be_zero(command.type):
        raise Malformed("amount", "must be more than 0")
    if player is None:
        return 0
    if player.currency != command.currency and books.rules.needs_player_currency("changebalance"):
        return 0
    try:
        return books.rules.minor(command.amount, player.scale)
    except BadAmount as error:
        raise Malformed("amount", str(error)) from None


def _again(command: ChangeBalance, known: Transaction, books: Books) -> Verdict:
    if not books.rules.same_data(known, command):
        raise Refusal(Code.OTHER_DATA)
    if known.state == "canceled":
        raise Refusal(Code.NEVER, "The transaction was canceled")
    if known.code is not None:
        return refused(Refusal(Code(known.code), known.message or ""))
    player = player_named(books, known.user_id)
    return accepted(
        balance=amount(player, books.rules.replayed_balance(known, player.balance)), currency_code=player.currency
    )


def _judge(command: ChangeBalance, minor: int, books: Books) -> Player:
    rules = books.rules
    token = live_token(books, command.token) if rules.needs_token(command.type) else None
    player = player_named(books, command.user_id)
    if token is not None and (token.user_id != player.user_id or token.game_id not in (None, command.game_id)):
        raise Refusal(Code.INVALID_TOKEN, "The token is for another player or game")
    if player.blocked and command.type == "BET":
        raise Refusal(Code.PLAYER_BLOCKED)
    if command.currency != player.currency and rules.needs_player_currency("changebalance"):
        raise Refusal(Code.INVALID_CURRENCY)
    if command.type == "BET" and players.is_disabled(books.db, command.game_id):
        raise Refusal(Code.GAME_DISABLED)
    if rules.needs_open_round(command.type) and _is_finished(command, books):
        raise Refusal(Code.NEVER, "The round is finished")
    if command.type == "BET":
        _judge_stake(command, player, minor, books)
    elif command.type == "REFUND":
        staked = transactions.staked(books.db, player.user_id, command.round_id, command.promotional)
        if not rules.refundable(minor, staked.bet, staked.returned):
            raise Refusal(Code.NEVER, "More would come back than was bet")
    return player


def _judge_stake(command: ChangeBalance, player: Player, minor: int, books: Books) -> None:
    if command.promotional:
        return
    if player.bet_limit is not None and minor > player.bet_limit:
        raise Refusal(Code.LIMITS_REACHED)
    if not books.rules.affordable(player.balance, minor):
        raise Refusal(Code.INSUFFICIENT_FUNDS)


def _is_finished(command: ChangeBalance, books: Books) -> bool:
    return transactions.round_finished(books.db, command.user_id, command.round_id) is True


def _book(command: ChangeBalance, player: Player, minor: int, books: Books) -> Verdict:
    moved = books.rules.moved(command.type, minor, command.promotional)
    left = players.move(books.db, player.user_id, moved, command.type, command.transaction_id)
    transactions.record(books.db, _written(command, minor, left, "ok"), again=not books.rules.guards_ids)
    # Studios that leave the flag null end a lost round with a win of zero.
    ends = command.round_finished is True or (
        command.round_finished is None and command.type == "WIN" and command.amount == "0"
    )
    transactions.touch_round(books.db, player.user_id, command.round_id, ends)
    return accepted(balance=amount(player, left), currency_code=player.currency)


def _written(command: ChangeBalance, minor: int, left: int, state: str, refusal: Refusal | None = None) -> Transaction:
    return Transaction(
        command.transaction_id, command.user_id, command.type, command.round_id, command.game_id, command.currency,
        command.amount, command.promotional, command.campaign_code, state, minor, left,
        refusal.code if refusal else None, refusal.message if refusal else None,
    )  # fmt: skip
