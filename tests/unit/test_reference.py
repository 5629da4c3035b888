"""Currencies and countries as people and partners write them (ISO 4217, ISO 3166)."""

import pytest

from pitboss.reference import alpha2, currency_facts


@pytest.mark.parametrize(
    ("code", "scale"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("KWD", 3),
        ("IDR", 2),
        ("CLF", 4),
        ("BTC", 8),
        ("XAU", None),
        ("KIDR", None),
        ("eur", None),
    ],
)
def test_scale(code: str, scale: int | None) -> None:
    facts = currency_facts(code)
    assert (None if facts is None else facts.scale) == scale


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("germany", "DE"), ("DEU", "DE"), ("de", "DE"), (" DE ", "DE"), ("United Kingdom", "GB"),
        ("UK", "GB"), ("Russia", "RU"), ("Turkey", "TR"), ("Viet Nam", "VN"), ("Vietnam", "VN"), ("South Korea", "KR"),
        ("Côte d'Ivoire", "CI"), ("Côte d’Ivoire", "CI"), ("Kosovo", "XK"), ("Macau", "MO"), ("", None), ("276", None),
        ("XX", None), ("Atlantis", None), ("G" * 200, None),
    ],
)  # fmt: skip
def test_country(text: str, code: str | None) -> None:
    assert alpha2(text) == code
