"""A write that breaks in the middle of its transaction, every other time: what it wrote is gone, and must come again, once."""

from types import ModuleType
from typing import Any

import pytest


class TornWrites:
    """Stands in the place of `module.name`, an async function; `calls` is how often it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self.calls = 0
        self._write = getattr(module, name)
        monkeypatch.setattr(module, name, self._torn)

    async def _torn(self, *arguments: Any) -> None:
        self.calls += 1
        odd = self.calls % 2
        await self._write(*arguments)
        if odd:
            raise ConnectionResetError("in the middle")
