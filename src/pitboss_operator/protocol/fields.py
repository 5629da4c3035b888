"""Members of a request, taken one by one with their type and length; what does not hold is named (OP_50)."""

from collections.abc import Mapping
from typing import Protocol

from pitboss_operator.money import BadAmount, canonical
from pitboss_operator.protocol.json_text import NumberText
from pitboss_operator.protocol.refusal import Malformed


class Reading(Protocol):
    """What an operator decides about single values."""

    def may_hold(self, text: str) -> bool:
        """Whether a string may be this."""
        ...

    def identifier(self, number: int) -> int:
        """A transaction's or round's id, as it is kept."""
        ...


class Fields:
    """The members of one object. A missing member is null; members nobody asks for are ignored."""

    def __init__(self, members: Mapping[str, object], reading: Reading, prefix: str = "") -> None:
        self._members = members
        self._reading = reading
        self._prefix = prefix

    def text(self, name: str, longest: int) -> str:
        """A string of 1 to `longest` characters."""
        value = self.text_or_null(name, longest)
        if not value:
            raise self._malformed(name, "is missing")
        return value

    def text_or_null(self, name: str, longest: int) -> str | None:
        """A string of at most `longest` characters, or null."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or isinstance(value, NumberText):
            raise self._malformed(name, "must be a string")
        return self._checked(name, value, longest)

    def user_id(self) -> str:
        """A player's id: a string of 1 to 70 characters; a whole number counts as its digits."""
        value = self._members.get("user_id")
        if isinstance(value, int) and not isinstance(value, bool):
            return self._checked("user_id", str(value), 70)
        return self.text("user_id", 70)

    def whole(self, name: str, digits: int) -> int:
        """An integer of at most `digits` digits, also as a string of digits; not negative."""
        value = self._members.get(name)
        if value is None:
            raise self._malformed(name, "is missing")
        if isinstance(value, str) and not isinstance(value, NumberText) and value.isascii() and value.isdigit():
            value = int(value) if len(value) <= digits else -1
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**digits:
            raise self._malformed(name, f"must be an integer of at most {digits} digits")
        return self._reading.identifier(value)

    def flag_or_null(self, name: str) -> bool | None:
        """true, false or null."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._malformed(name, "must be true, false or null")
        return value

    def amount(self, name: str) -> str:
        """A JSON number or a decimal string, as canonical decimal text; not negative."""
        value = self._members.get(name)
        if value is None:
            raise self._malformed(name, "is missing")
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self._malformed(name, "must be a number")
        try:
            return canonical(str(value))
        except BadAmount as error:
            raise self._malformed(name, str(error)) from None

    def object_or_null(self, name: str) -> "Fields":
        """The members of an object; none for null."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._malformed(name, "must be an object")
        return Fields(value or {}, self._reading, f"{self._prefix}{name}.")

    def _checked(self, name: str, value: str, longest: int) -> str:
        if len(value) > longest:
            raise self._malformed(name, f"is longer than {longest} characters")
        if not self._reading.may_hold(value):
            raise self._malformed(name, "has a character that is not allowed")
        return value

    def _malformed(self, name: str, problem: str) -> Malformed:
        return Malformed(self._prefix + name, problem)
