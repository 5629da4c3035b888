"""What PostgreSQL reads to answer, told by itself."""

import json
from collections.abc import Collection, Iterator
from typing import Any


class Explained:
    """Hands statements on to a connection, after PostgreSQL has told how it runs them: how many rows of tables it `touched`, and of
    which it read all (`slow`). `tables`: only these count, where they are named."""

    def __init__(self, conn: Any, tables: Collection[str] | None = None) -> None:
        self._conn = conn
        self._tables = tables
        self.touched = 0
        self.slow: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    async def fetch(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await self._conn.fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await self._conn.fetchrow(statement, *values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await self._conn.fetchval(statement, *values)

    async def _explain(self, statement: str, values: tuple[Any, ...]) -> None:
        text = await self._conn.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *values)
        for node in _nodes(json.loads(text, parse_float=str)[0]["Plan"]):
            table = node.get("Relation Name")
            if table is None or not (self._tables is None or table in self._tables):
                continue
            rows = (int(str(node.get(name, 0)).partition(".")[0]) for name in ("Actual Rows", "Rows Removed by Filter"))
            self.touched += (sum(rows) + 1) * int(node["Actual Loops"])
            if node["Node Type"] == "Seq Scan":
                self.slow.append(table)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", []):
        yield from _nodes(inner)
