"""Members of a request, one at a time: present, of the right type, within bounds, or the dialect's error that names them.

null and "" in an optional member mean absent; a required one must have something in it. Of no dialect itself: each derives its own
`Members` that says what a wrong one raises.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Self

from pitboss.domain.caller import parse_address
from pitboss.domain.money import AmountError, Currency, Money
from pitboss.domain.players import valid_username
from pitboss.domain.sessions import MAX_URL, return_url

MAX_TEXT = 255
MAX_AMOUNT = 30
_UNSIGNED = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


class Members(ABC):
    """Reads the members of one JSON object; `prefix` is how an inner object is named in errors (`paginate.`)."""

    def __init__(self, members: Mapping[str, object], prefix: str = "") -> None:
        self._members = members
        self._prefix = prefix

    @property
    def all(self) -> Mapping[str, object]:
        """Every member, known or not, as it was decoded."""
        return self._members

    def _optional(self, name: str) -> object:
        value = self._members.get(name)
        return None if value == "" else value

    def _required(self, name: str) -> object:
        value = self._optional(name)
        if value is None:
            raise self.wrong(name, "is required")
        return value

    @abstractmethod
    def wrong(self, name: str, problem: str) -> Exception:
        """The dialect's error about a member of this object."""

    def _as_text(self, name: str, value: object, longest: int) -> str:
        # A JSON number that is no small integer arrives as a subclass of str.
        if type(value) is not str:
            raise self.wrong(name, "must be a string")
        if len(value) > longest:
            raise self.wrong(name, f"must have at most {longest} characters")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise self.wrong(name, "has characters that are not allowed")
        return value

    def text(self, name: str, longest: int = MAX_TEXT) -> str:
        """A required string."""
        return self._as_text(name, self._required(name), longest)

    def optional_text(self, name: str, longest: int = MAX_TEXT) -> str | None:
        """A string, or None when absent."""
        value = self._optional(name)
        return None if value is None else self._as_text(name, value, longest)

    def flag(self, name: str) -> bool:
        """A required true or false."""
        value = self._required(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        """An integer within bounds, or the default when absent."""
        value = self._optional(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(name, f"must be a whole number from {least} to {most}")
        return value

    def inner(self, name: str) -> Self:
        """The members of an optional object."""
        value = self._optional(name)
        if value is None:
            return type(self)({}, f"{self._prefix}{name}.")
        if not isinstance(value, dict):
            raise self.wrong(name, "must be an object")
        return type(self)(value, f"{self._prefix}{name}.")

    def new_username(self, name: str) -> str:
        """A name a player may be given."""
        username = self.text(name)
        if not valid_username(username):
            raise self.wrong(name, "must be 4 to 30 characters of a-z and 0-9")
        return username

    def amount(self, name: str, currency: Currency) -> int:
        """A positive amount in a decimal string -> minor units; nothing is rounded or guessed."""
        text = self._as_text(name, self._required(name), MAX_TEXT)
        if _UNSIGNED.fullmatch(text) is None:
            raise self.wrong(name, "must be a plain decimal number in a string")
        if len(text) - text.count(".") > MAX_AMOUNT:
            raise self.wrong(name, f"must have at most {MAX_AMOUNT} digits")
        try:
            minor = Money.parse(text, currency).minor
        except AmountError as error:
            raise self.wrong(name, str(error)) from None
        if minor <= 0:
            raise self.wrong(name, "must be greater than zero")
        return minor

    def time(self, name: str) -> datetime | None:
        """An RFC 3339 time in any offset -> UTC, or None when absent. Digits beyond microseconds are cut off."""
        text = self.optional_text(name)
        if text is None:
            return None
        match = _RFC3339.fullmatch(text)
        if match is None:
            raise self.wrong(name, "must be an RFC 3339 time with an offset, like 2026-01-31T13:00:00Z")
        day, clock, fraction, offset = match.groups()
        try:
            return _in_utc(day, clock, (fraction or "")[:6].ljust(6, "0"), offset)
        except (ValueError, OverflowError):
            raise self.wrong(name, "is no such time") from None

    def return_url(self, name: str) -> str | None:
        """An http or https URL a player may be sent back to, or None when absent."""
        text = self.optional_text(name, MAX_URL)
        if text is None:
            return None
        url = return_url(text)
        if url is None:
            raise self.wrong(name, "must be an http or https URL")
        return url

    def address(self, name: str, *, required: bool) -> str | None:
        """An IP address in its shortest spelling."""
        text = self.text(name) if required else self.optional_text(name)
        if text is None:
            return None
        address = parse_address(text)
        if address is None:
            raise self.wrong(name, "must be an IP address")
        return str(address)


def _in_utc(day: str, clock: str, microseconds: str, offset: str) -> datetime:
    # RFC 3339 allows a leap second; this calendar does not.
    leap = clock.endswith(":60")
    if leap:
        clock = f"{clock[:-2]}59"
    zone = "+00:00" if offset in "Zz" else offset
    at = datetime.fromisoformat(f"{day}T{clock}.{microseconds}{zone}").astimezone(UTC)
    return at + timedelta(seconds=1) if leap else at
