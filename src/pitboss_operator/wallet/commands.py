"""The six commands, each a function of the books. It runs inside one transaction; what it raises leaves nothing behind.

The order of judgement of a BET: an id that is known (or was canceled before it came), then token, player, block, currency, game,
round, limits, funds.
"""

import sqlite3
from dataclasses import dataclass
from functools import singledispatch

from pitboss_operator.money import plain
from pitboss_operator.protocol.answer import Verdict, accepted, refused
from pitboss_operator.protocol.json_text import NumberText
from pitboss_operator.protocol.refusal import Code, Refusal
from pitboss_operator.protocol.requests import Authenticate, Balance, Cancel, FinishRound, Request, Status
from pitboss_operator.storage import players, tokens, transactions
from pitboss_operator.storage.players import Player
from pitboss_operator.storage.tokens import Token
from pitboss_operator.storage.transactions import Transaction
from pitboss_operator.wallet.rules import Rules


@dataclass(frozen=True)
class Books:
    """What a command works with: the open transaction, the rules, and now (UNIX ms)."""

    db: sqlite3.Connection
    rules: Rules
    now_ms: int


@singledispatch
def perform(command: Request, books: Books) -> Verdict:
    """Carry out one command. A Refusal that is raised is a verdict nobody needs to remember."""
    raise TypeError(type(command).__name__)


def amount(player: Player, minor: int) -> NumberText:
    """A JSON number with the amount's exact digits."""
    return NumberText(plain(minor, player.scale))


def live_token(books: Books, text: str | None) -> Token:
    """The session of a token; OP_21 when there is none."""
    found = tokens.live(books.db, text, books.now_ms) if text else None
    if found is None:
        raise Refusal(Code.INVALID_TOKEN)
    return found


def player_named(books: Books, user_id: str) -> Player:
    """A player; OP_34 when there is none."""
    found = players.find(books.db, user_id)
    if found is None:
        raise Refusal(Code.PLAYER_NOT_FOUND)
    return found


@perform.register
def authenticate(command: Authenticate, books: Books) -> Verdict:
    """Who plays with this token, and how much they have (document: `authenticate`)."""
    player = player_named(books, live_token(books, command.token).user_id)
    if player.blocked:
        raise Refusal(Code.NOT_AUTHORIZED, "The player is blocked")
    group = {"group": player.group} if player.group else {}
    return accepted(
        user_id=player.user_id,
        user_name=player.user_name,
        display_name=player.display_name,
        user_country=player.country,
        **group,
        balance=amount(player, player.balance),
        currency_code=player.currency,
    )


@perform.register
def balance(command: Balance, books: Books) -> Verdict:
    """How much a player has (document: `balance`)."""
    token = live_token(books, command.token)
    player = player_named(books, command.user_id)
    if token.user_id != player.user_id:
        raise Refusal(Code.INVALID_TOKEN, "The token is another player's")
    if player.blocked:
        raise Refusal(Code.PLAYER_BLOCKED)
    if command.currency != player.currency and books.rules.needs_player_currency("balance"):
        raise Refusal(Code.INVALID_CURRENCY)
    return accepted(balance=amount(player, player.balance), currency_code=player.currency)


@perform.register
def status(command: Status, books: Books) -> Verdict:
    """What became of a transaction; another player's is unknown (document: `status`)."""
    player = player_named(books, command.user_id)
    known = transactions.find(books.db, command.transaction_id)
    if known is None or known.user_id != player.user_id:
        raise Refusal(Code.NOT_FOUND)
    return _state(known, books.rules.status_word(known))


@perform.register
def cancel(command: Cancel, books: Books) -> Verdict:
    """Undo a transaction once; of one that never came, see to it that it cannot come (document: `cancel`)."""
    player = player_named(books, command.user_id)
    known = transactions.find(books.db, command.transaction_id)
    if known is None and books.rules.remembers_cancel():
        # Returned, not raised: this refusal has something to be kept.
        transactions.remember_cancel(books.db, player.user_id, command.transaction_id)
        return refused(Refusal(Code.NOT_FOUND))
    if known is None or known.user_id != player.user_id:
        raise Refusal(Code.NOT_FOUND)
    if not books.rules.is_undone(known):
        _undo(books, player, known)
    if command.round_finished is True:
        transactions.touch_round(books.db, player.user_id, known.round_id, True)
    return _state(known, "CANCELED")


def _undo(books: Books, player: Player, known: Transaction) -> None:
    rules = books.rules
    back = rules.undone_by(known.type, rules.moved(known.type, known.minor, known.promotional))
    if back < 0 and player.balance + back < 0:
        raise Refusal(Code.NEVER, "The money is spent already")
    if known.type == "BET" and known.state == "ok":
        staked = transactions.staked(books.db, player.user_id, known.round_id, known.promotional)
        if not rules.refundable(known.minor, staked.bet, staked.returned):
            raise Refusal(Code.NEVER, "The stake was refunded already")
    players.move(books.db, player.user_id, back, "CANCEL", known.transaction_id)
    transactions.set_canceled(books.db, known.transaction_id)


@perform.register
def finish_round(command: FinishRound, books: Books) -> Verdict:
    """No more bets in this round (document: `finishround`)."""
    player = player_named(books, command.user_id)
    if transactions.round_finished(books.db, player.user_id, command.round_id) is None:
        raise Refusal(Code.NOT_FOUND, "Round not found")
    transactions.touch_round(books.db, player.user_id, command.round_id, True)
    return accepted(round_id=command.round_id, user_id=player.user_id, game_id=command.game_id)


def _state(known: Transaction, word: str) -> Verdict:
    return accepted(user_id=known.user_id, transaction_id=known.transaction_id, transaction_status=word)
