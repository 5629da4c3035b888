"""The log of failed exchanges as its page reads it: filtered, page by page, each once, and never looking further than it may."""

import itertools
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from pitboss.backoffice.recovery.body_text import body_text
from pitboss.storage.api_errors import ApiErrorRow, ErrorFilter, read_error, read_error_page, write_errors
from pitboss.storage.database import APP_ROLE, Database

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ERRORS = ("OP_33", "HTTP 503", "no answer in time")


def made(number: int) -> ApiErrorRow:
    """Failure `number`, so many minutes ago; what it holds goes round in cycles of different lengths."""
    at = NOW - timedelta(minutes=number)
    return ApiErrorRow(
        id=f"{(at - EPOCH) // timedelta(microseconds=1) * 1000:016x}{number:016x}", at=at, direction=("in", "out")[number % 2],
        dialect=("wallet", "platform", "partner_api")[number % 3], command=("changebalance", "cancel")[number // 2 % 2],
        reference=f"acme {number:03}", url="http://x/y", http_status=None if number % 4 else 200, error=ERRORS[number % 3],
        duration_ms=number, request=f'{{"n":{number}}}', answer=None,
    )  # fmt: skip


ALL = [made(number) for number in range(60)]


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[Database]:
    owner = await asyncpg.connect(database_url)
    await owner.close()
    database = await Database.open(database_url, APP_ROLE, size=1)
    await write_errors(database, 1, ALL)
    await write_errors(database, 2, [row._replace(id=f"{row.id[:-1]}f", reference="others") for row in ALL])
    yield database
    await database.close()


async def pages(app: Database, wanted: ErrorFilter, most: int, looked: int) -> list[list[ApiErrorRow]]:
    """From the newest to the end."""
    found, before = [], None
    for _ in range(1_000):
        async with app.tenant(1) as conn:
            page = await read_error_page(conn, 1, wanted, before, most, looked)
        found.append(page.rows)
        assert page.older is None or before is None or page.older < before, "it goes on"
        if page.looked_to is not None:
            assert page.older is not None and len(page.rows) < most + 1
        if page.older is None:
            return found
        before = page.older
    raise AssertionError("it never ends")


Fits = Callable[[ApiErrorRow], Any]
FILTERS: list[tuple[ErrorFilter, Fits]] = [
    (ErrorFilter(), lambda row: True),
    (ErrorFilter(direction="in"), lambda row: row.direction == "in"),
    (ErrorFilter(dialect="platform"), lambda row: row.dialect == "platform"),
    (ErrorFilter(command="CANCEL"), lambda row: row.command == "cancel"),
    (ErrorFilter(command="can"), lambda row: False),
    (ErrorFilter(error="http"), lambda row: "HTTP" in row.error),
    (ErrorFilter(error="%"), lambda row: False),
    (ErrorFilter(reference="ME 00"), lambda row: row.duration_ms < 10),
    (
        ErrorFilter(since=NOW - timedelta(minutes=40), until=NOW - timedelta(minutes=20), direction="out"),
        lambda row: 20 < row.duration_ms <= 40 and row.direction == "out",
    ),
    (ErrorFilter(since=datetime.min.replace(tzinfo=UTC), until=datetime.max.replace(tzinfo=UTC)), lambda row: True),
    (ErrorFilter(reference="others"), lambda row: False),
]


@pytest.mark.parametrize(("wanted", "fits"), FILTERS, ids=lambda given: str(given)[:60])
async def test_each_that_fits_comes_once_the_newest_first(app: Database, wanted: ErrorFilter, fits: Fits) -> None:
    expected = [row._replace(request=None) for row in ALL if fits(row)]
    for most, looked in ((50, 20_000), (7, 20_000), (7, 11), (3, 2), (1, 1)):
        found = await pages(app, wanted, most, looked)
        assert list(itertools.chain(*found)) == expected, (most, looked)
        assert all(len(page) <= most for page in found)


async def test_a_page_says_how_far_it_looked(app: Database) -> None:
    async with app.tenant(1) as conn:
        page = await read_error_page(conn, 1, ErrorFilter(reference="acme 059"), None, 10, 20)
        assert (page.rows, page.looked_to) == ([], ALL[19].at) and page.older == ALL[19].id
        whole = await read_error_page(conn, 1, ErrorFilter(reference="acme 059"), None, 10, 60)
        assert [row.reference for row in whole.rows] == ["acme 059"]


async def test_one_comes_with_its_bodies_and_to_its_agent_alone(app: Database) -> None:
    async with app.tenant(1) as conn:
        assert await read_error(conn, 1, ALL[3].id) == ALL[3]
        assert await read_error(conn, 1, "0" * 32) is None
        assert (await read_error_page(conn, 2, ErrorFilter(), None, 10)).rows == []
    async with app.tenant(2) as conn:
        assert await read_error(conn, 1, ALL[3].id) is None


async def test_pages_are_found_by_the_key(app: Database, database_url: str) -> None:
    """Among many, whatever is asked for."""
    many = [ALL[0]._replace(id=f"{number:016x}{'0' * 16}") for number in range(5_000)]
    await write_errors(app, 1, many)
    async with app.tenant(1) as conn:
        plan = await conn.fetch(
            "EXPLAIN SELECT id FROM api_error WHERE agent_id = 1 AND id >= $1::uuid AND id < $2::uuid AND direction = 'in'"
            " ORDER BY id DESC LIMIT 50".replace("$1", "'00000000-0000-0000-0000-000000000000'").replace(
                "$2", "'f0000000-0000-0000-0000-000000000000'"
            )
        )
    told = "\n".join(row[0] for row in plan)
    assert "Index Cond: ((agent_id = 1) AND (id >= " in told and "Sort" not in told, told


TEXTS = {
    '{"a":1.50,"b":[],"c":{},"d":["x\\"}",{"e":null}],"a":2}': (
        '{\n  "a": 1.50,\n  "b": [],\n  "c": {},\n  "d": [\n    "x\\"}",\n    {\n      "e": null\n    }\n  ],\n  "a": 2\n}'
    ),
    ' [ 1e400 , "\\\\" ] ': '[\n  1e400,\n  "\\\\"\n]',
    '{"a": 1, "b": "cut of… (20000 characters)': '{"a": 1, "b": "cut of… (20000 characters)',
    "<html>": "<html>",
    "[" * 500 + "]" * 500: "[" * 500 + "]" * 500,
    "[" * 100_000: "[" * 100_000,
    "12": "12",
    "": "",
}


@pytest.mark.parametrize("body", TEXTS, ids=lambda body: body[:30])
def test_bodies_are_set_out_and_nothing_of_them_changes(body: str) -> None:
    assert body_text(body) == TEXTS[body]


def test_what_is_set_out_says_the_same() -> None:
    tricky = json.dumps({"k": ['a"b', "\\", "{[,:]}", {"": [[], [{}]]}], "z": [1.0, -0.5, True]})
    shown = body_text(tricky)
    assert json.loads(shown) == json.loads(tricky) and len(shown.splitlines()) > 10
