"""Columns that travel as text: PostgreSQL reads back exactly what was put in."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from pitboss.storage.packing import array_text

_TEXTS = [
    "", " ", "NULL", "null", None, "a,b", "{a}", '"', 'say "so"', "\\", "\\n", 'a\\"b', "two\nlines", "tab\there", "\r",
    "\x01\x1f\x7f", "ümlaut €", "😀", "\u2028", "</script>", "'", "''", "$1", ":name::text", "true", "17", "back\\slash\nline",
]  # fmt: skip
_COLUMNS: list[tuple[str, list[Any]]] = [
    ("text[]", _TEXTS),
    ("text[]", [text for text in _TEXTS if text is None or "\\" not in text]),
    ("text[]", ["only plain", "words"]),
    ("text[]", [None]),
    ("bigint[]", [0, -1, None, 2**63 - 1, -(2**63)]),
    ("integer[]", [7]),
    ("numeric[]", [Decimal(20 * (10**18 - 1)), Decimal("-0.0002"), None, Decimal("1E+3"), Decimal("0E-4")]),
    ("boolean[]", [True, None, False]),
    ("date[]", [date(2026, 2, 28), None]),
    (
        "timestamptz[]",
        [
            datetime(2026, 11, 20, 23, 59, 59, 999_999, UTC),
            None,
            datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=1),
        ],
    ),
]


@pytest.mark.parametrize(("kind", "values"), _COLUMNS)
async def test_what_is_sent_as_text_is_read_as_it_was(database_url: str, kind: str, values: list[Any]) -> None:
    conn = await asyncpg.connect(database_url)
    try:
        assert await conn.fetchval(f"SELECT $1::text::{kind}", array_text(values)) == values
    finally:
        await conn.close()


async def test_uuids_are_read_with_and_without_dashes(database_url: str) -> None:
    conn = await asyncpg.connect(database_url)
    try:
        told = await conn.fetchval(
            "SELECT $1::text::uuid[]::text[]", array_text(["0192a3b4c5d67e8f9012345678abcdef", None])
        )
    finally:
        await conn.close()
    assert told == ["0192a3b4-c5d6-7e8f-9012-345678abcdef", None]


async def test_sums_beyond_64_bits_are_numeric(database_url: str) -> None:
    """As integers, too: the largest stakes of one stretch of a journal add up to more."""
    conn = await asyncpg.connect(database_url)
    try:
        assert await conn.fetchval("SELECT $1::text::numeric[]", array_text([5_000 * 10**18, -(10**19), 0])) == [
            Decimal("5E21"),
            Decimal("-1E19"),
            Decimal(0),
        ]
    finally:
        await conn.close()
