"""A currency as the battery counts it: a code and how many decimals its amounts have."""

from dataclasses import dataclass
from decimal import Decimal

import iso4217

DECIMALS_OF_OTHERS = 2
"""The document writes amounts with two decimals; a code ISO 4217 does not know gets these unless told otherwise."""


@dataclass(frozen=True)
class Currency:
    """`code` as the wallet writes it, `scale` its number of decimals."""

    code: str
    scale: int

    @property
    def smallest(self) -> Decimal:
        """The smallest amount there is: 0.01 EUR, 1 JPY."""
        return Decimal(1).scaleb(-self.scale)

    def of_minor(self, units: int) -> Decimal:
        """The amount of so many smallest ones."""
        return Decimal(units).scaleb(-self.scale)

    def holds(self, amount: Decimal) -> bool:
        """Whether `amount` has no more decimals than the currency."""
        return amount == amount.quantize(self.smallest) if abs(amount) < Decimal(10) ** 20 else False

    def text(self, amount: Decimal) -> str:
        """`17.25 EUR`, a sign only for what is negative."""
        # Adding zero of the scale gives short amounts their zeros, and leaves longer ones as they are.
        return f"{amount + Decimal(0).scaleb(-self.scale):f} {self.code}"


def currency_of(code: str, scale: int | None = None) -> Currency:
    """The currency of a code, its decimals from ISO 4217 unless `scale` tells them."""
    if scale is None:
        try:
            scale = iso4217.Currency(code).exponent
        except ValueError:
            scale = None
    return Currency(code, DECIMALS_OF_OTHERS if scale is None else scale)
