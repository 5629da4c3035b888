"""What the world has agreed on: currencies (ISO 4217) and countries (ISO 3166), from data packages.

The only module that reads those packages. The hub copies a currency's scale into its own table when it first meets one,
so that a later edition of a package cannot change what stored money means.
"""

from functools import lru_cache
from typing import NamedTuple

import pycountry
from iso4217 import Currency as Iso4217

_IN_USE_WITHOUT_ISO = {
    "BTC": ("Bitcoin", 8),
    "BCH": ("Bitcoin Cash", 8),
    "LTC": ("Litecoin", 8),
    "DOGE": ("Dogecoin", 8),
    "USDT": ("Tether", 6),
    "USDC": ("USD Coin", 6),
    "TRX": ("Tron", 6),
    "XRP": ("XRP", 6),
    "SOL": ("Solana", 9),
    "TON": ("Toncoin", 9),
    # Counted in gwei: 64 bits do not hold a fortune in wei.
    "ETH": ("Ether", 9),
}

# Names people and partners write that the ISO data does not list.
_OTHER_NAMES = {
    "bolivia": "BO",
    "brunei": "BN",
    "burma": "MM",
    "cape verde": "CV",
    "cote d'ivoire": "CI",
    "democratic republic of the congo": "CD",
    "great britain": "GB",
    "holland": "NL",
    "hong kong sar": "HK",
    "ivory coast": "CI",
    "kosovo": "XK",
    "macau": "MO",
    "macedonia": "MK",
    "palestine": "PS",
    "russia": "RU",
    "swaziland": "SZ",
    "the netherlands": "NL",
    "turkey": "TR",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
    "vatican": "VA",
    "vatican city": "VA",
}
_LONGEST_NAME = 100
_MOST_DECIMALS = 9


class CurrencyFacts(NamedTuple):
    """A currency's name, and how many decimals its minor unit has."""

    name: str
    scale: int


@lru_cache(maxsize=512)
def currency_facts(code: str) -> CurrencyFacts | None:
    """Facts of an upper-case currency code; None for one that is unknown or has no minor unit (gold, test codes)."""
    other = _IN_USE_WITHOUT_ISO.get(code)
    if other is not None:
        return CurrencyFacts(*other)
    try:
        currency = Iso4217(code)
    except ValueError:
        return None
    return None if currency.exponent is None else CurrencyFacts(currency.currency_name, currency.exponent)


@lru_cache(maxsize=512)
def iso4217_scale(code: str) -> int | None:
    """Decimals of an ISO 4217 currency; nine for those without a minor unit (gold); None for all else."""
    try:
        exponent: int | None = Iso4217(code).exponent
    except ValueError:
        return None
    return _MOST_DECIMALS if exponent is None else exponent


@lru_cache(maxsize=4096)
def alpha2(country: str) -> str | None:
    """ISO 3166 alpha-2 of an alpha-2 or alpha-3 code or an English name, in any case; None when it is none."""
    text = country.strip().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if not text or len(text) > _LONGEST_NAME:
        return None
    other = _OTHER_NAMES.get(text.lower())
    if other is not None:
        return other
    if text.isdigit():
        return None
    try:
        return str(pycountry.countries.lookup(text).alpha_2)
    except LookupError:
        return None
