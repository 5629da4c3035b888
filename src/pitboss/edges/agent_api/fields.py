"""Members of a request as the agent API refuses them: INVALID_REQUEST that names the field."""

from collections.abc import Mapping

from pitboss.domain.money import Currency
from pitboss.edges.members import Members
from pitboss.wire.agent_api import ApiError, ErrorCode, invalid


class Fields(Members):
    """Reads the members of one JSON object of the agent API."""

    def wrong(self, name: str, problem: str) -> ApiError:
        """INVALID_REQUEST about a member of this object."""
        return invalid(self._prefix + name, problem)

    def currency(self, name: str, offered: Mapping[str, Currency]) -> Currency:
        """A required currency out of those offered; CURRENCY_NOT_SUPPORTED for any other."""
        return _offered(self.text(name), offered)

    def optional_currency(self, name: str, offered: Mapping[str, Currency]) -> Currency | None:
        """The same, or None when absent."""
        code = self.optional_text(name)
        return None if code is None else _offered(code, offered)


def _offered(code: str, offered: Mapping[str, Currency]) -> Currency:
    currency = offered.get(code)
    if currency is None:
        raise ApiError(ErrorCode.CURRENCY_NOT_SUPPORTED)
    return currency
