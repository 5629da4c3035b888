"""How a case can end, and what it raises to end otherwise than well."""

from enum import StrEnum


class Verdict(StrEnum):
    """How a case ended. `INFORMATION` is neither good nor bad: the document leaves it open."""

    PASSED = "passed"
    FAILED = "failed"
    INFORMATION = "information"
    NOT_RUN = "not run"


class Failed(Exception):
    """The wallet did not do what the document asks; says what it did instead."""


class NotRun(Exception):
    """The case cannot be played here; says why."""
