"""`pitboss` with a bug planted: its engine answers a moment before it commits. Run as a program by a test."""

import asyncio
from typing import Any

from pitboss.cli import main
from pitboss.engine.engine import Engine

MOMENT = 0.5
"""Seconds. However busy the machine: who kills as soon as an answer is told comes before its commit."""


async def _attempt(self: Any, agent_id: int, batch: list[Any], *, wait: bool, line: Any = None) -> list[Any]:
    async with self._store.begin(agent_id) as transaction:
        outcomes, held = await self._decide(transaction, agent_id, batch, wait)
        for pending, outcome in outcomes:
            pending.resolve(outcome)
        await asyncio.sleep(MOMENT)
    return list(held)


if __name__ == "__main__":
    Engine._attempt = _attempt  # type: ignore[method-assign]
    main()
