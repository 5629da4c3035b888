"""The fault switchboard: what goes wrong with which of the next calls, between a sound wallet and its network."""

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

COMMANDS = ("authenticate", "balance", "changebalance", "status", "cancel", "finishround", "ping")
TYPES = ("BET", "WIN", "REFUND")


class BadFault(ValueError):
    """A fault that is not described as it must be; the message names the member."""


class Kind(StrEnum):
    """What goes wrong. Where `books` matters, it says whether the command was carried out all the same."""

    SLOW = "slow"  # waits `ms`, then carries out and answers
    LATE_ANSWER = "late-answer"  # carries out at once, answers `ms` later
    SILENT = "silent"  # never answers; books: carried out
    TWICE = "twice"  # carried out twice at the same time, answered once
    ANSWER_TWICE = "answer-twice"  # the same answer two times on the connection, which is closed then
    WRONG_HASH = "wrong-hash"
    HTTP = "http"  # `status` with `body`; books: carried out
    CODE = "code"  # an error with `code`, also an unlisted one; books: carried out
    DROP = "drop"  # the connection is cut; books: after it was carried out
    BROKEN_JSON = "broken-json"
    NO_ECHO = "no-echo"
    CHANGED_ECHO = "changed-echo"
    INTEGER_USER_ID = "integer-user-id"
    NUMBERS_AS_STRINGS = "numbers-as-strings"
    CLOCK_OFF = "clock-off"  # the answer's time is `hours` away, well signed
    WRONG_CURRENCY = "wrong-currency"
    REDIRECT = "redirect"  # HTTP 302 to `location`, nothing carried out


@dataclass
class Fault:
    """One switch. Which calls: `command`, `transaction_type`, `user_id` (None: any), with `probability`, at most `times` times."""

    kind: Kind
    command: str | None = None
    transaction_type: str | None = None
    user_id: str | None = None
    probability: float = 1.0
    times: int | None = None
    books: bool = False
    ms: int = 0
    status: int = 500
    body: str = ""
    code: str = "OP_50"
    hours: int = 0
    location: str = "/"
    hits: int = field(default=0, compare=False)

    def strikes(self, command: str, kind: str | None, user_id: str | None, draw: float) -> bool:
        """Whether this call is one it is for; `draw` is a number from 0 to 1."""
        return (
            self.times != 0
            and self.command in (None, command)
            and self.transaction_type in (None, kind)
            and self.user_id in (None, user_id)
            and draw < self.probability
        )

    def as_json(self) -> dict[str, Any]:
        """As it is set, with `times` left and `hits` so far."""
        return asdict(self)


def read_fault(members: object) -> Fault:
    """A fault from decoded JSON. Raises BadFault."""
    if not isinstance(members, Mapping):
        raise BadFault("a fault is an object")
    given = {str(name): value for name, value in members.items()}
    unknown = set(given) - {known.name for known in fields(Fault)} | ({"hits"} & set(given))
    if unknown:
        raise BadFault(f"{sorted(unknown)[0]} is no member of a fault")
    try:
        given["kind"] = Kind(given.get("kind", ""))
    except ValueError:
        raise BadFault(f"kind must be one of {', '.join(Kind)}") from None
    _check(given)
    return Fault(**given)


def _check(given: dict[str, Any]) -> None:
    for name, choices in (("command", COMMANDS), ("transaction_type", TYPES)):
        if given.get(name) is not None and given[name] not in choices:
            raise BadFault(f"{name} must be one of {', '.join(choices)}")
    for name in ("times", "ms", "status", "hours"):
        value = given.get(name)
        if (
            name in given
            and not (isinstance(value, int) and not isinstance(value, bool))
            and (name, value) != ("times", None)
        ):
            raise BadFault(f"{name} must be an integer")
    for name, low, high in (("times", 0, 10**9), ("ms", 0, 600_000), ("status", 200, 599), ("hours", -(10**5), 10**5)):
        if given.get(name) is not None and not low <= given[name] <= high:
            raise BadFault(f"{name} must be from {low} to {high}")
    share = given.get("probability", 1)
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
        raise BadFault("probability must be from 0 to 1")
    for name in ("user_id", "body", "code", "location"):
        if given.get(name) is not None and not isinstance(given[name], str):
            raise BadFault(f"{name} must be a string")
    if not isinstance(given.get("books", False), bool):
        raise BadFault("books must be true or false")


def read_faults(text: str | bytes) -> list[Fault]:
    """A list of faults from JSON. Raises BadFault."""
    try:
        decoded = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFault("faults are JSON") from None
    if not isinstance(decoded, list):
        raise BadFault("faults are a list of objects")
    return [read_fault(members) for members in decoded]


class Switchboard:
    """The faults that are set, by the admin HTTP or by a file that is read again when it changes. First come, first struck."""

    def __init__(self, file: Path | None = None) -> None:
        self.faults: list[Fault] = []
        self.problem: str | None = None
        self._file = file
        self._read: tuple[int, int] | None = None
        self._random = random.Random()  # noqa: S311 - chance, not a secret

    def take(self, command: str, kind: str | None, user_id: str | None) -> Fault | None:
        """What goes wrong with this call; one of its times is used up."""
        self._look_at_file()
        for fault in self.faults:
            if fault.strikes(command, kind, user_id, self._random.random()):
                fault.hits += 1
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def _look_at_file(self) -> None:
        if self._file is None:
            return
        try:
            found = self._file.stat()
            version = (found.st_mtime_ns, found.st_size)
            if version != self._read:
                self._read = version
                self.faults = read_faults(self._file.read_text("utf-8"))
                self.problem = None
        except FileNotFoundError:
            if self._read is not None:
                self._read, self.faults = None, []
        except (OSError, ValueError) as error:
            # The switches stay as they were; who looks at them is told.
            self.problem = f"{self._file}: {error}"
