"""Players and their game sessions."""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pitboss_studio.clock import now_ms
from pitboss_studio.money import plain

Mode = Literal["real", "fun"]


@dataclass(frozen=True)
class Player:
    """Who plays, in one currency. `balance` is the last one the operator told (real) or the play money (fun)."""

    id: int
    mode: Mode
    user_id: str
    currency: str
    name: str
    balance: Decimal


@dataclass(frozen=True)
class Launch:
    """The display parameters of a launch URL, validated."""

    language: str
    device: str
    home_url: str | None
    deposit_url: str | None


@dataclass(frozen=True)
class Session:
    """One launched game, or a lobby (`game_id` 0). `ended` is the code of what ended it, None while it is open."""

    id: str
    player: Player
    game_id: int
    token: str | None
    launch: Launch
    ended: str | None

    def __repr__(self) -> str:
        return f"Session(player={self.player.user_id!r}, game_id={self.game_id})"


_SELECT = """
    SELECT s.*, p.mode, p.user_id, p.currency, p.name, p.balance
    FROM sessions s JOIN players p ON p.id = s.player_id
"""


def meet_player(db: sqlite3.Connection, mode: Mode, user_id: str, currency: str, name: str, balance: Decimal) -> int:
    """The player's id, made on first sight; name and balance are brought up to date."""
    row = db.execute(
        """INSERT INTO players (mode, user_id, currency, name, balance) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (mode, user_id, currency) DO UPDATE SET name = excluded.name, balance = excluded.balance
           RETURNING id""",
        (mode, user_id, currency, name, plain(balance)),
    ).fetchone()
    return int(row["id"])


def open_session(
    db: sqlite3.Connection, session_id: str, player_id: int, game_id: int, token: str | None, launch: Launch
) -> str:
    """A session's id: the given one for a new launch, the earlier one when this token has launched this game."""
    row = db.execute(
        """INSERT INTO sessions (id, player_id, game_id, token, language, device, home_url, deposit_url, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (token, game_id) DO UPDATE SET ended = NULL, language = excluded.language,
               device = excluded.device, home_url = excluded.home_url, deposit_url = excluded.deposit_url
           RETURNING id""",
        (
            session_id,
            player_id,
            game_id,
            token,
            launch.language,
            launch.device,
            launch.home_url,
            launch.deposit_url,
            now_ms(),
        ),
    ).fetchone()
    return str(row["id"])


def find_session(db: sqlite3.Connection, session_id: str) -> Session | None:
    """The session of this id."""
    row = db.execute(_SELECT + " WHERE s.id = ?", (session_id,)).fetchone()
    return _session(row) if row else None


def sessions_of_token(db: sqlite3.Connection, token: str) -> list[Session]:
    """Every session launched with this token: one game, or a lobby and its games."""
    return [_session(row) for row in db.execute(_SELECT + " WHERE s.token = ?", (token,))]


def earlier_sessions(db: sqlite3.Connection, session: Session) -> list[str]:
    """Ids of the player's other sessions of the same game."""
    rows = db.execute(
        "SELECT id FROM sessions WHERE player_id = ? AND game_id = ? AND id <> ?",
        (session.player.id, session.game_id, session.id),
    )
    return [row["id"] for row in rows]


def end_session(db: sqlite3.Connection, session_id: str, code: str) -> None:
    """Mark the session ended; the first reason stays."""
    db.execute("UPDATE sessions SET ended = coalesce(ended, ?) WHERE id = ?", (code, session_id))


def players_named(db: sqlite3.Connection, user_id: str, currency: str) -> list[int]:
    """Ids of real players with the operator's user id and currency (one at most)."""
    rows = db.execute(
        "SELECT id FROM players WHERE mode = 'real' AND user_id = ? AND currency = ?", (user_id, currency)
    )
    return [row["id"] for row in rows]


def set_balance(db: sqlite3.Connection, player_id: int, balance: Decimal) -> None:
    """Remember the player's balance."""
    db.execute("UPDATE players SET balance = ? WHERE id = ?", (plain(balance), player_id))


def read_balance(db: sqlite3.Connection, player_id: int) -> Decimal:
    """The remembered balance."""
    return Decimal(db.execute("SELECT balance FROM players WHERE id = ?", (player_id,)).fetchone()["balance"])


def plays_for_real(db: sqlite3.Connection, player_id: int) -> bool:
    """Whether the player's money is an operator's; a fun player's is the studio's own play money."""
    return bool(db.execute("SELECT mode FROM players WHERE id = ?", (player_id,)).fetchone()["mode"] == "real")


def _session(row: sqlite3.Row) -> Session:
    player = Player(
        row["player_id"], row["mode"], row["user_id"], row["currency"], row["name"], Decimal(row["balance"])
    )
    launch = Launch(row["language"], row["device"], row["home_url"], row["deposit_url"])
    return Session(row["id"], player, row["game_id"], row["token"], launch, row["ended"])
