"""Signatures and times, from the formulas of the wallet protocol's sections on headers and hashing."""

import hashlib
from datetime import UTC, datetime
from typing import Final

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def digest(*parts: str) -> str:
    """40 hex digits of the SHA-1 of the parts, one after the other."""
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def timestamp(moment: datetime | None = None) -> str:
    """`moment`, else now, in UTC, as the protocol writes it."""
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime(TIME_FORMAT)


def moment_of(text: object) -> datetime | None:
    """The moment a timestamp names; None for text in any other form."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.strftime(TIME_FORMAT) == text else None
