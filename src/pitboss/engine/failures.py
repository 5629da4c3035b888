"""What a failure of the database means for the commands of a batch; by SQLSTATE alone (scale rule 10)."""

from enum import Enum

import asyncpg

from pitboss.storage.database import DATABASE_ERRORS
from pitboss.storage.play.batch import StoreMismatch


class Failure(Enum):
    """CONFLICT: somebody else was first, look again. LOST: connection or server gone, the outcome may be either.
    HELD: a lock was not to be had in time, nothing was stored. BROKEN: it will fail the same way again."""

    CONFLICT = "conflict"
    LOST = "lost"
    HELD = "held"
    BROKEN = "broken"


_CONFLICTS = {"23505", "40001", "40P01"}
_HELD = {"55P03", "57014"}
_LOST_CLASSES = ("08", "57P", "XX000", "53")


def classify(error: BaseException) -> Failure:
    """What to do about `error` of a batch."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        if state in _CONFLICTS:
            return Failure.CONFLICT
        if state in _HELD:
            return Failure.HELD
        return Failure.LOST if state.startswith(_LOST_CLASSES) else Failure.BROKEN
    if isinstance(error, StoreMismatch):
        return Failure.CONFLICT
    return Failure.LOST if isinstance(error, DATABASE_ERRORS) else Failure.BROKEN
