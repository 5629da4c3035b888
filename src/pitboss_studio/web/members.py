"""Reads the members of a hub's commands; what is wrong is said by name."""

from datetime import UTC, datetime

from pitboss_studio.wallet.messages import Data


class Malformed(ValueError):
    """A command that misses a member or has a wrong one; the message names it."""


class Refused(Exception):
    """A well-formed command that cannot be followed; `code` is the protocol's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def text(data: Data, name: str) -> str:
    """A string that is not empty."""
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} must be a string")
    return value


def whole(data: Data, name: str) -> int | None:
    """A whole number, as one or as digits; None where it is missing, null, empty, or larger than any id of ours."""
    value = data.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Malformed(f"{name} must be an integer")
    return value if value < 1 << 63 else None


def instant(data: Data, name: str) -> int:
    """`Y-m-d H:i:s` in UTC, as UNIX milliseconds."""
    try:
        moment = datetime.strptime(text(data, name), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"{name} must be a time as 2030-12-31 23:59:59, UTC") from None
    return int(moment.timestamp()) * 1000
