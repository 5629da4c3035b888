"""Names, passwords, and how long somebody who guesses has to wait."""

import re
from datetime import timedelta
from typing import Final

from pitboss.domain.invalid import Invalid

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
SIGNED_IN_FOR: Final = timedelta(hours=12)
IDLE_FOR: Final = timedelta(hours=1)
"""Whoever does nothing for so long has to sign in again."""
FREE_GUESSES: Final = 5
_SHORT_NAME: Final = 3
"""Such a name is found in many a good password by chance."""
_LONGEST_WAIT: Final = timedelta(minutes=15)
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")


def check_username(text: str) -> str:
    """The name as it is kept: small letters, digits, `.`, `_`, `-`, `@`. Raises Invalid."""
    name = text.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid("username", "must be 1 to 64 of a-z, 0-9, . _ - @, and begin and end with a letter or digit")
    return name


def check_password(password: str, username: str) -> None:
    """Length alone makes a password strong; only what everybody would try first is refused besides. Raises Invalid."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password", f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if "\x00" in password or not password.isprintable():
        raise Invalid("password", "must have characters that can be typed")
    if len(set(password)) < 5 or (len(username) > _SHORT_NAME and username in password.lower()):
        raise Invalid("password", "must not be one that is easily guessed")


def wait_after(wrong_guesses: int) -> timedelta:
    """How long nobody can sign in under a name after so many wrong passwords in a row."""
    if wrong_guesses < FREE_GUESSES:
        return timedelta(0)
    return min(_LONGEST_WAIT, timedelta(seconds=30 << min(wrong_guesses - FREE_GUESSES, 10)))
