"""Players, their money, and what may not be played."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from pitboss_operator.clock import now_ms


@dataclass(frozen=True)
class Player:
    """`balance` and `bet_limit` are minor units of `currency`, which has `scale` decimals."""

    user_id: str
    user_name: str
    display_name: str
    country: str
    group: str | None
    currency: str
    scale: int
    balance: int = 0
    bet_limit: int | None = None
    blocked: bool = False


class Exists(ValueError):
    """There is a player with this id."""


def find(db: sqlite3.Connection, user_id: str) -> Player | None:
    """A player by id."""
    row = db.execute("SELECT * FROM players WHERE user_id = ?", (user_id,)).fetchone()
    return _player(row) if row else None


def everybody(db: sqlite3.Connection) -> list[Player]:
    """All players, by id."""
    return [_player(row) for row in db.execute("SELECT * FROM players ORDER BY user_id")]


def create(db: sqlite3.Connection, player: Player) -> None:
    """Enter a player; their opening balance is a deposit. Raises Exists."""
    limit = None if player.bet_limit is None else str(player.bet_limit)
    added = db.execute(
        """INSERT INTO players (user_id, user_name, display_name, country, player_group, currency, scale, bet_limit, blocked)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        (
            player.user_id, player.user_name, player.display_name, player.country, player.group, player.currency,
            player.scale, limit, player.blocked,
        ),
    )  # fmt: skip
    if added.rowcount == 0:
        raise Exists(f"there is a player {player.user_id!r} already")
    if player.balance:
        move(db, player.user_id, player.balance, "deposit", None)


def move(db: sqlite3.Connection, user_id: str, minor: int, kind: str, transaction_id: int | None) -> int:
    """Add `minor` (negative: take) to a player's balance, and write down why. Returns the balance after it."""
    row = db.execute("SELECT balance FROM players WHERE user_id = ?", (user_id,)).fetchone()
    balance = int(row["balance"]) + minor
    db.execute("UPDATE players SET balance = ? WHERE user_id = ?", (str(balance), user_id))
    db.execute(
        "INSERT INTO movements (user_id, kind, transaction_id, minor, balance_after, at) VALUES (?, ?, ?, ?, ?, ?)",
        (user_id, kind, _text(transaction_id), str(minor), str(balance), now_ms()),
    )
    return balance


def set_blocked(db: sqlite3.Connection, user_id: str, blocked: bool) -> None:
    """Block a player or let them play again."""
    db.execute("UPDATE players SET blocked = ? WHERE user_id = ?", (blocked, user_id))


def set_bet_limit(db: sqlite3.Connection, user_id: str, limit: int | None) -> None:
    """The most a player may stake at once, minor units; None for no limit."""
    db.execute("UPDATE players SET bet_limit = ? WHERE user_id = ?", (_text(limit), user_id))


def disabled_games(db: sqlite3.Connection) -> list[int]:
    """Games this operator does not offer."""
    return [row["game_id"] for row in db.execute("SELECT game_id FROM disabled_games ORDER BY game_id")]


def is_disabled(db: sqlite3.Connection, game_id: int) -> bool:
    """Whether a game is not offered."""
    return db.execute("SELECT 1 FROM disabled_games WHERE game_id = ?", (game_id,)).fetchone() is not None


def set_disabled_games(db: sqlite3.Connection, game_ids: Iterable[int]) -> None:
    """Offer all games but these."""
    db.execute("DELETE FROM disabled_games")
    db.executemany("INSERT OR IGNORE INTO disabled_games (game_id) VALUES (?)", [(game,) for game in game_ids])


def movements(db: sqlite3.Connection, user_id: str | None = None) -> list[dict[str, object]]:
    """Everything that ever moved money, oldest first; `minor` in the player's minor units."""
    rows = db.execute("SELECT * FROM movements WHERE ?1 IS NULL OR user_id = ?1 ORDER BY id", (user_id,))
    return [dict(row) for row in rows]


def check(db: sqlite3.Connection) -> None:
    """Raises sqlite3.Error when the books cannot be read."""
    db.execute("SELECT count(*) FROM disabled_games").fetchone()


def _player(row: sqlite3.Row) -> Player:
    limit = row["bet_limit"]
    return Player(
        row["user_id"], row["user_name"], row["display_name"], row["country"], row["player_group"], row["currency"],
        row["scale"], int(row["balance"]), None if limit is None else int(limit), bool(row["blocked"]),
    )  # fmt: skip


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
