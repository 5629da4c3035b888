"""Calls of the partner API on a stage."""

import itertools
import json
from typing import Any

import httpx

from agent_stage import Stage
from pitboss.storage.agents import CreatedAgent
from wire_example import exact_json


class Partner:
    """The operator behind one of the stage's agents (`one`, unless another is named)."""

    def __init__(self, stage: Stage, http: httpx.AsyncClient | None = None) -> None:
        self.stage = stage
        self.http = http or stage.http
        self._numbers = itertools.count(1)

    async def post(
        self, operation: str, body: object, *, agent: CreatedAgent | None = None, **headers: str
    ) -> httpx.Response:
        """A write; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(f"/partner/v1/{operation}", content=content, headers=self._headers(agent, headers))

    async def get(
        self, operation: str, query: dict[str, str] | str = "", *, agent: CreatedAgent | None = None, **headers: str
    ) -> httpx.Response:
        """A read; a query that is text is sent as it is."""
        url = f"/partner/v1/{operation}" + (f"?{query}" if isinstance(query, str) and query else "")
        params = query if isinstance(query, dict) else None
        return await self.http.get(url, params=params, headers=self._headers(agent, headers))

    async def write(self, operation: str, agent: CreatedAgent | None = None, **members: object) -> Any:
        """The data of a write that must succeed; numbers as their digits."""
        body = {"requestId": f"request-{next(self._numbers)}", **members}
        response = await self.post(operation, body, agent=agent)
        assert response.status_code == 200, response.text
        return exact_json(response.content)["data"]

    async def refused(self, operation: str, agent: CreatedAgent | None = None, **members: object) -> tuple[int, Any]:
        """Status and error of a write that must not."""
        body = {"requestId": f"request-{next(self._numbers)}", **members}
        response = await self.post(operation, body, agent=agent)
        assert response.status_code != 200, response.text
        return response.status_code, exact_json(response.content)["error"]

    async def read(self, operation: str, agent: CreatedAgent | None = None, **query: str) -> Any:
        """The data of a read that must succeed; numbers as their digits."""
        response = await self.get(operation, query, agent=agent)
        assert response.status_code == 200, response.text
        return exact_json(response.content)["data"]

    def _headers(self, agent: CreatedAgent | None, more: dict[str, str]) -> dict[str, str]:
        key = (agent or self.stage.one).partner_api_key
        return {"Authorization": f"Bearer {key}"} | {name.replace("_", "-"): value for name, value in more.items()}
