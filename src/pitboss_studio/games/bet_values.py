"""The bet values of games with one amount a round, and how a page's request names one of them."""

from collections.abc import Mapping
from decimal import Decimal

from pitboss_studio import money
from pitboss_studio.games.game import BadStake

# Every value is even in tenths within its currency's scale. The values for currencies not listed are multiples of
# ten, which hold in a currency without decimals too.
_VALUES: dict[str, str] = {
    "EUR": "0.2 0.4 1 2 5 10 20 50 100",
    "USD": "0.2 0.4 1 2 5 10 20 50 100",
    "GBP": "0.2 0.4 1 2 5 10 20 50 100",
    "THB": "5 10 20 50 100 200 500 1000 2000",
    "KIDR": "2 4 10 20 50 100 200 500 1000",
}
_OTHER_VALUES = "10 20 50 100 200 500 1000 2000 5000"


def bet_values(currency: str) -> tuple[Decimal, ...]:
    """Total stakes on offer, ascending, in the currency's units; a tenth of each is an exact amount."""
    return tuple(Decimal(value) for value in _VALUES.get(currency, _OTHER_VALUES).split())


def read_bet(currency: str, request: Mapping[str, object]) -> Decimal:
    """The member `bet`: one of the bet values, as a decimal string. Raises BadStake."""
    amount = read_amount(request.get("bet"), "bet")
    if amount not in bet_values(currency):
        raise BadStake("bet", f"bet is not one of the bet values for {currency}")
    return amount


def read_amount(value: object, field: str) -> Decimal:
    """A plain decimal string as an amount in its shortest form; raises BadStake naming `field`."""
    if not isinstance(value, str):
        raise BadStake(field, f"{field} must be a decimal string")
    try:
        return Decimal(money.plain(money.parse_amount(value)))
    except money.BadAmount as error:
        raise BadStake(field, f"{field}: {error}") from None
