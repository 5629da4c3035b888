"""Game session tokens: each for one player, and for one game or (from a lobby) for all. Only their digests are kept."""

import hashlib
import secrets
import sqlite3
import string
from dataclasses import dataclass

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 32


@dataclass(frozen=True)
class Token:
    """`game_id` None: any game. `expires_at` UNIX ms."""

    user_id: str
    game_id: int | None
    expires_at: int


def issue(db: sqlite3.Connection, token: Token) -> str:
    """A new token: 32 characters of A-Z, a-z, 0-9."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    enter(db, text, token)
    return text


def enter(db: sqlite3.Connection, text: str, token: Token) -> None:
    """Enter a token that was made elsewhere."""
    db.execute(
        "INSERT INTO tokens (digest, user_id, game_id, expires_at) VALUES (?, ?, ?, ?)",
        (_digest(text), token.user_id, token.game_id, token.expires_at),
    )


def live(db: sqlite3.Connection, text: str, now_ms: int) -> Token | None:
    """What a token stands for; None when it is unknown or its time is over."""
    row = db.execute(
        "SELECT user_id, game_id, expires_at FROM tokens WHERE digest = ? AND expires_at > ?", (_digest(text), now_ms)
    ).fetchone()
    return Token(row["user_id"], row["game_id"], row["expires_at"]) if row else None


def end(db: sqlite3.Connection, text: str, now_ms: int) -> bool:
    """End a session; whether the token was known."""
    return db.execute("UPDATE tokens SET expires_at = ? WHERE digest = ?", (now_ms, _digest(text))).rowcount > 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
