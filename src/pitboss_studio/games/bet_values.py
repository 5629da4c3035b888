"""The amounts a game offers, by currency, and how a page's request names one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.game import BadStake


@dataclass(frozen=True)
class BetValues:
    """Amounts in the currency's units, ascending, with spaces between; `others` where a currency is not listed."""

    listed: Mapping[str, str]
    others: str

    def of(self, currency: str) -> tuple[Decimal, ...]:
        """What is on offer in this currency, ascending."""
        return tuple(Decimal(value) for value in self.listed.get(currency, self.others).split())

    def read_bet(self, currency: str, request: Mapping[str, object]) -> Decimal:
        """The member `bet`: one of them, as a decimal string. Raises BadStake."""
        amount = read_amount(request.get("bet"), "bet")
        if amount not in self.of(currency):
            raise BadStake("bet", f"bet is not one of the bet values for {currency}")
        return amount


IN_TENTHS = BetValues(
    {
        "EUR": "0.2 0.4 1 2 5 10 20 50 100",
        "USD": "0.2 0.4 1 2 5 10 20 50 100",
        "GBP": "0.2 0.4 1 2 5 10 20 50 100",
        "THB": "5 10 20 50 100 200 500 1000 2000",
        "KIDR": "2 4 10 20 50 100 200 500 1000",
    },
    "10 20 50 100 200 500 1000 2000 5000",
)
"""A tenth of each is exact within its currency's scale. Those for currencies not listed are multiples of ten, which hold in a
currency without decimals too."""


def read_amount(value: object, field: str) -> Decimal:
    """A plain decimal string as an amount in its shortest form; raises BadStake naming `field`."""
    if not isinstance(value, str):
        raise BadStake(field, f"{field} must be a decimal string")
    try:
        return Decimal(money.plain(money.parse_amount(value)))
    except money.BadAmount as error:
        raise BadStake(field, f"{field}: {error}") from None
