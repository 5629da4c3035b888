"""What the people who run the operator do: players, money, tokens. The command line and the admin HTTP both come here."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from pitboss_operator import money
from pitboss_operator.clock import now_ms
from pitboss_operator.storage import players, tokens, transactions
from pitboss_operator.storage.players import Player
from pitboss_operator.storage.tokens import Token
from pitboss_operator.storage.transactions import Transaction

HOUR_MS = 3_600_000
_TOKEN = re.compile(r"[A-Za-z0-9]{20,50}")
_DEMO = (("EUR", 6, "1000"), ("USD", 2, "1000"), ("THB", 2, "40000"))


class Mistake(ValueError):
    """What was asked cannot be done; the message is for the person."""


def new_player(
    user_id: str,
    currency: str,
    balance: str = "0",
    *,
    name: str | None = None,
    display_name: str | None = None,
    country: str = "FI",
    group: str | None = None,
    bet_limit: str | None = None,
    scale: int | None = None,
) -> Player:
    """A player to be created. Amounts are decimal text. Raises Mistake."""
    if not 1 <= len(user_id) <= 70 or "|" in user_id:
        raise Mistake("a player's id has 1 to 70 characters and no |")
    if not 1 <= len(currency) <= 10 or "|" in currency:
        raise Mistake("a currency's code has 1 to 10 characters")
    known = scale if scale is not None else money.scale_of(currency)
    if known is None or not 0 <= known <= money.MAX_SCALE:
        raise Mistake(f"nobody knows how many decimals {currency} has: say it (--scale, 0 to {money.MAX_SCALE})")
    limit = None if bet_limit is None else read_amount(bet_limit, known)
    shown = name or user_id
    return Player(
        user_id, shown, display_name or shown, country, group, currency, known, read_amount(balance, known), limit
    )


def credit(db: sqlite3.Connection, user_id: str, amount: str) -> Player:
    """Give a player money (a negative amount takes it, down to nothing). Raises Mistake."""
    player = known_player(db, user_id)
    taken = amount.startswith("-")
    minor = read_amount(amount.removeprefix("-"), player.scale) * (-1 if taken else 1)
    if player.balance + minor < 0:
        raise Mistake(f"the player has only {money.plain(player.balance, player.scale)} {player.currency}")
    return replace(player, balance=players.move(db, user_id, minor, "withdrawal" if taken else "deposit", None))


def issue_token(
    db: sqlite3.Connection, user_id: str, game_id: int | None, lasts_ms: int, text: str | None = None
) -> str:
    """A token for a player and a game (None: any), for `lasts_ms` from now. Raises Mistake."""
    token = Token(known_player(db, user_id).user_id, game_id, now_ms() + lasts_ms)
    if text is None:
        return tokens.issue(db, token)
    if not _TOKEN.fullmatch(text):
        raise Mistake("a token is 20 to 50 of A-Z, a-z, 0-9")
    try:
        tokens.enter(db, text, token)
    except sqlite3.IntegrityError:
        raise Mistake("this token is in use") from None
    return text


def known_player(db: sqlite3.Connection, user_id: str) -> Player:
    """A player by id. Raises Mistake."""
    player = players.find(db, user_id)
    if player is None:
        raise Mistake(f"there is no player {user_id!r}")
    return player


def read_amount(text: str, scale: int) -> int:
    """Decimal text -> minor units. Raises Mistake."""
    try:
        return money.minor_units(money.canonical(text), scale)
    except money.BadAmount as error:
        raise Mistake(f"an amount {error}") from None


def enter_demo_players(db: sqlite3.Connection) -> None:
    """demo01 to demo10, with money, where there is nobody yet."""
    if players.everybody(db):
        return
    wanted = [(currency, balance) for currency, count, balance in _DEMO for _ in range(count)]
    for number, (currency, balance) in enumerate(wanted, 1):
        players.create(db, new_player(f"demo{number:02}", currency, balance, country="FI"))


def player_json(player: Player) -> dict[str, object]:
    """A player as told to people: amounts are decimal strings."""
    limit = player.bet_limit
    return {
        "user_id": player.user_id,
        "user_name": player.user_name,
        "country": player.country,
        "group": player.group,
        "currency": player.currency,
        "balance": money.plain(player.balance, player.scale),
        "bet_limit": None if limit is None else money.plain(limit, player.scale),
        "blocked": player.blocked,
    }


def transaction_json(known: Transaction) -> dict[str, object]:
    """A transaction as told to people."""
    return {
        "transaction_id": known.transaction_id,
        "user_id": known.user_id,
        "type": known.type,
        "amount": known.amount,
        "currency": known.currency,
        "round_id": known.round_id,
        "game_id": known.game_id,
        "promotional": known.promotional,
        "campaign_code": known.campaign_code,
        "state": known.state,
        "code": known.code,
    }


def audit(db: sqlite3.Connection) -> list[str]:
    """What does not add up in the books, one line each; empty when all does."""
    sums: dict[str, int] = {}
    counts: dict[tuple[str, bool], int] = {}
    for movement in players.movements(db):
        user_id, kind, transaction_id = movement["user_id"], movement["kind"], movement["transaction_id"]
        sums[str(user_id)] = sums.get(str(user_id), 0) + int(str(movement["minor"]))
        if transaction_id is not None:
            key = (str(transaction_id), kind == "CANCEL")
            counts[key] = counts.get(key, 0) + 1
    wrong = [
        f"player {player.user_id}: balance {player.balance}, movements {sums.get(player.user_id, 0)} (minor units)"
        for player in players.everybody(db)
        if player.balance != sums.get(player.user_id, 0)
    ]
    for known in transactions.everything(db):
        found = tuple(counts.get((str(known.transaction_id), undo), 0) for undo in (False, True))
        if found != _EXPECTED[known.state]:
            wrong.append(
                f"transaction {known.transaction_id} is {known.state} and was booked {found[0]} times, undone {found[1]}"
            )
    return wrong


_EXPECTED: Mapping[str, tuple[int, int]] = {"ok": (1, 0), "refused": (0, 0), "canceled": (1, 1)}
