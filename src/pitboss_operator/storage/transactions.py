"""Transactions by the platform's ids, the rounds they belong to, and the cancels that came before their transaction."""

import sqlite3
from dataclasses import dataclass

from pitboss_operator.clock import now_ms


@dataclass(frozen=True)
class Transaction:
    """`amount` is what was asked, canonical decimal text; `minor` the same in minor units; `balance_after` what was left.

    `state` is ok, refused (with `code` and `message`) or canceled.
    """

    transaction_id: int
    user_id: str
    type: str
    round_id: int
    game_id: int
    currency: str
    amount: str
    promotional: bool
    campaign_code: str | None
    state: str
    minor: int
    balance_after: int
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Staked:
    """A player's round, promotional stakes apart from real ones: what was bet, and what of it came back. Minor units."""

    bet: int
    returned: int


def find(db: sqlite3.Connection, transaction_id: int) -> Transaction | None:
    """A transaction by the platform's id."""
    row = db.execute("SELECT * FROM transactions WHERE transaction_id = ?", (str(transaction_id),)).fetchone()
    return _transaction(row) if row else None


def record(db: sqlite3.Connection, done: Transaction, again: bool = False) -> None:
    """Write one down. Its id is unique: sqlite3.IntegrityError when it is there, unless it is to be written `again`."""
    values = (
        str(done.transaction_id), done.user_id, done.type, str(done.round_id), done.game_id, done.currency, done.amount,
        done.promotional, done.campaign_code, done.state, str(done.minor), str(done.balance_after), done.code, done.message,
        now_ms(),
    )  # fmt: skip
    if again:
        db.execute("DELETE FROM transactions WHERE transaction_id = ?", (str(done.transaction_id),))
    db.execute(
        """INSERT INTO transactions (transaction_id, user_id, type, round_id, game_id, currency, amount, promotional,
           campaign_code, state, minor, balance_after, code, message, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        values,
    )


def set_canceled(db: sqlite3.Connection, transaction_id: int) -> None:
    """It no longer counts."""
    db.execute(
        "UPDATE transactions SET state = 'canceled', canceled_at = ? WHERE transaction_id = ?",
        (now_ms(), str(transaction_id)),
    )


def staked(db: sqlite3.Connection, user_id: str, round_id: int, promotional: bool) -> Staked:
    """What a player bet in a round, canceled bets included, and what refunds and cancels gave back."""
    bet = returned = 0
    found = db.execute(
        """SELECT type, state, minor FROM transactions
           WHERE user_id = ? AND round_id = ? AND promotional = ? AND state != 'refused'""",
        (user_id, str(round_id), promotional),
    )
    for row in found:
        amount = int(row["minor"])
        if row["type"] == "BET":
            bet += amount
            returned += amount if row["state"] == "canceled" else 0
        elif row["type"] == "REFUND" and row["state"] == "ok":
            returned += amount
    return Staked(bet, returned)


def round_finished(db: sqlite3.Connection, user_id: str, round_id: int) -> bool | None:
    """Whether a player's round is finished; None when there is none."""
    row = db.execute(
        "SELECT finished FROM rounds WHERE user_id = ? AND round_id = ?", (user_id, str(round_id))
    ).fetchone()
    return bool(row["finished"]) if row else None


def touch_round(db: sqlite3.Connection, user_id: str, round_id: int, finished: bool) -> None:
    """Open a round, or finish it; a finished one stays finished."""
    db.execute(
        """INSERT INTO rounds (user_id, round_id, finished) VALUES (?, ?, ?)
           ON CONFLICT (user_id, round_id) DO UPDATE SET finished = max(finished, excluded.finished)""",
        (user_id, str(round_id), finished),
    )


def remember_cancel(db: sqlite3.Connection, user_id: str, transaction_id: int) -> None:
    """A cancel came for a transaction that did not: it may never come."""
    db.execute(
        "INSERT INTO tombstones (transaction_id, user_id, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (str(transaction_id), user_id, now_ms()),
    )


def canceled_before(db: sqlite3.Connection, user_id: str, transaction_id: int) -> bool:
    """Whether its cancel came first."""
    row = db.execute(
        "SELECT 1 FROM tombstones WHERE transaction_id = ? AND user_id = ?", (str(transaction_id), user_id)
    ).fetchone()
    return row is not None


def everything(db: sqlite3.Connection, user_id: str | None = None) -> list[Transaction]:
    """All transactions, or a player's, oldest first."""
    rows = db.execute("SELECT * FROM transactions WHERE ?1 IS NULL OR user_id = ?1 ORDER BY rowid", (user_id,))
    return [_transaction(row) for row in rows]


def _transaction(row: sqlite3.Row) -> Transaction:
    return Transaction(
        int(row["transaction_id"]), row["user_id"], row["type"], int(row["round_id"]), row["game_id"], row["currency"],
        row["amount"], bool(row["promotional"]), row["campaign_code"], row["state"], int(row["minor"]),
        int(row["balance_after"]), row["code"], row["message"],
    )  # fmt: skip
