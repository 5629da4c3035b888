"""Who an operator says a token belongs to (wallet protocol, "authenticate").

An answer is judged by what the hub needs of it: a user id and a currency must be there; a name or a country that cannot be used is
as good as none.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from pitboss.domain.seamless.operator_call import OperatorCall

_LONGEST_ID, _LONGEST_NAME, _LONGEST_SHOWN = 70, 255, 100


class Unusable(ValueError):
    """An operator agreed, with an answer nothing can be made of; the message names the member, never its value."""


class Identity(NamedTuple):
    """Who an operator says plays. `country` and `currency` as it wrote them, the country empty when it told none."""

    user_id: str
    user_name: str | None
    display_name: str | None
    country: str
    currency: str

    def shown_name(self, username: str) -> str | None:
        """The name for the game's table, where it is not the hub's `username` already."""
        name = self.display_name or self.user_name
        return name[:_LONGEST_SHOWN] if name and name != username else None


def authenticate_call(agent_id: int, token: str, reference: str) -> OperatorCall:
    """Whose is this token? `token` is the operator's."""
    return OperatorCall(agent_id, "authenticate", json.dumps({"token": token}, separators=(",", ":")), reference)


def read_identity(data: Mapping[str, object]) -> Identity:
    """The identity in an OK answer of authenticate; whoever carried it has made a text of a `user_id` that came as a number.

    Raises Unusable.
    """
    user_id = _text(data.get("user_id"), _LONGEST_ID)
    if user_id is None or "|" in user_id:
        raise Unusable("user_id")
    currency = _text(data.get("currency_code"), _LONGEST_SHOWN)
    if currency is None:
        raise Unusable("currency_code")
    return Identity(
        user_id=user_id,
        user_name=_text(data.get("user_name"), _LONGEST_NAME),
        display_name=_text(data.get("display_name"), _LONGEST_SHOWN),
        country=_text(data.get("user_country"), _LONGEST_SHOWN) or "",
        currency=currency,
    )


def _text(value: object, longest: int) -> str | None:
    """A text that can be stored and shown; None for anything else, also for an empty one."""
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not value.isprintable():
        return None
    return value
