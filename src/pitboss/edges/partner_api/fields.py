"""Members of a request, or parameters of a query, as the partner API refuses them: ERR_INVALID_REQUEST with the field's name."""

import re
from collections.abc import Mapping
from decimal import Decimal

from pitboss.domain.money import AmountError, Currency, parse_minor
from pitboss.edges.members import Members
from pitboss.wire.partner_api import PartnerError, invalid
from pitboss.wire.strict_json import JsonNumber

_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_DIGITS = re.compile(r"[0-9]{1,10}")


class Fields(Members):
    """Reads the members of one JSON object; items of lists are named `tags[0].name`."""

    def wrong(self, name: str, problem: str) -> PartnerError:
        """ERR_INVALID_REQUEST about a member of this object."""
        return invalid(self._prefix + name, problem)

    def has(self, name: str) -> bool:
        """Whether the member is there, be it null."""
        return name in self._members

    def raw(self, name: str) -> object:
        """The member as it was decoded; None where it is missing or null."""
        return self._members.get(name)

    def objects(self, name: str, most: int) -> list["Fields"]:
        """A required list of at most `most` objects; it may be empty."""
        value = self._members.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "is required" if value is None else "must be a list")
        if len(value) > most:
            raise self.wrong(name, f"must have at most {most} items")
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.wrong(f"{name}[{place}]", "must be an object")
        return [Fields(item, f"{self._prefix}{name}[{place}].") for place, item in enumerate(value)]

    def item_of(self, name: str, place: int) -> "Fields":
        """An item of a list, as a member called `name[place]`."""
        items = self._members.get(name)
        assert isinstance(items, list)
        return Fields({f"{name}[{place}]": items[place]}, self._prefix)

    def texts(self, name: str, most: int) -> list[str]:
        """A required list of 1 to `most` strings, none twice."""
        value = self._required(name)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self.wrong(name, f"must be a list of 1 to {most} strings")
        texts = [
            Fields({f"{name}[{place}]": item}, self._prefix).text(f"{name}[{place}]")
            for place, item in enumerate(value)
        ]
        if len(set(texts)) < len(texts):
            raise self.wrong(name, "has an item twice")
        return texts

    def optional_flag(self, name: str, default: bool) -> bool:
        """true or false, or the default when absent."""
        return default if self._optional(name) is None else self.flag(name)

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of a closed list; required where there is no default."""
        text = self.text(name) if default is None else self.optional_text(name) or default
        if text not in choices:
            raise self.wrong(name, f"must be one of {', '.join(choices)}")
        return text

    def exact_number(self, name: str) -> Decimal:
        """A JSON number of at most 30 digits before and behind the point, without an exponent."""
        value = self._members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | JsonNumber):
            raise self.wrong(name, "must be a number")
        if _NUMBER.fullmatch(str(value)) is None:
            raise self.wrong(name, "must have at most 30 digits before and behind the point, and no exponent")
        return Decimal(str(value))

    def money(self, name: str, currency: Currency) -> int:
        """An amount of at least zero in a decimal string or a JSON number -> minor units; nothing is rounded."""
        value = self._required(name)
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.wrong(name, "must be an amount, as a string or a number")
        try:
            minor = parse_minor(str(value), currency.scale)
        except AmountError as error:
            raise self.wrong(name, str(error)) from None
        if minor < 0:
            raise self.wrong(name, "must not be negative")
        return minor

    def currency(self, name: str, offered: Mapping[str, Currency]) -> Currency | None:
        """A currency out of those offered, or None when absent."""
        code = self.optional_text(name)
        if code is not None and code not in offered:
            raise self.wrong(name, "is no currency of the agent")
        return None if code is None else offered[code]


class QueryFields(Fields):
    """Reads the parameters of a query: all are text."""

    def whole_number(self, name: str, default: int, least: int, most: int) -> int:
        """An integer within bounds, or the default when absent."""
        text = self.optional_text(name)
        if text is None:
            return default
        if _DIGITS.fullmatch(text) is None or not least <= int(text) <= most:
            raise self.wrong(name, f"must be a whole number from {least} to {most}")
        return int(text)

    def comma_list(self, name: str, most: int) -> list[str]:
        """A required list, its items apart by commas."""
        items = self.text(name, MAX_LIST).split(",")
        if len(items) > most or not all(items) or len(set(items)) < len(items):
            raise self.wrong(name, f"must be 1 to {most} different items apart by commas")
        return items


MAX_LIST = 4_000
