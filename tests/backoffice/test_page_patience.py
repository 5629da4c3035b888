"""A page that cannot be made in time says so itself."""

import asyncio
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from pitboss.backoffice import page
from pitboss.backoffice.office import Office
from pitboss.backoffice.url import Url
from pitboss.backoffice.visit import Visit
from pitboss.storage.staff.sessions import Visitor


async def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_PATIENCE_SECONDS", 0.01)
    visit = Visit(cast(Office, None), cast(Visitor, None), Url("/agents", {}), ZoneInfo("UTC"), None)

    async def build(_: Visit) -> None:
        await asyncio.Event().wait()

    answer = await asyncio.wait_for(page._built(build, visit, {}), 10)
    assert answer is not None and answer.status_code == 503 and "No database" in bytes(answer.body).decode()
