"""The API reference tells of all that is served, and its reader loads nothing from elsewhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from pitboss.edges import reference
from pitboss.edges.wallet_api import openapi
from pitboss.edges.wallet_api.handlers import HANDLERS


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(reference.routes(), openapi_config=reference.openapi_config())) as running:
        yield running


def test_the_reader_needs_no_internet(client: TestClient[Litestar]) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) == 3
    for address in loaded:
        assert address.startswith("/docs/"), address
        assert client.get(address).status_code == 200
    assert "/schema/openapi.json" in client.get("/docs/start.js").text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_every_wallet_command_is_told() -> None:
    told = openapi.paths()
    assert set(told) == {f"/wallet/{command}" for command in HANDLERS} | {"/wallet/ping"}


def test_wallet_requests_are_described_as_the_examples_send_them() -> None:
    """Each hand-written example that is answered OK has the members that are said to be required."""
    seen = set()
    for file in (Path(__file__).parents[3] / "wire_examples" / "wallet").glob("*-ok*/request.json"):
        body = json.loads(file.read_text())
        body = body.get("body", body)
        told = openapi.paths()[f"/wallet/{body['command']}"]
        schema = told.post.request_body.content["application/json"].schema  # type: ignore[union-attr]
        required = schema.properties["data"].required  # type: ignore[union-attr, index]
        assert set(required or ()) <= set(body["data"]), file  # type: ignore[arg-type]
        seen.add(body["command"])
    assert seen == set(HANDLERS)
