"""Addresses of pages: what a table shows stands in them, so that a page can be sent to somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Url:
    """A path with its query. Members that are empty are left out."""

    path: str
    query: Mapping[str, str]

    def with_(self, **changes: object) -> "Url":
        """Another query: None or an empty text takes a member out."""
        merged = dict(self.query) | {name: "" if value is None else str(value) for name, value in changes.items()}
        return Url(self.path, {name: value for name, value in merged.items() if value})

    def get(self, name: str) -> str:
        """A member, or an empty text."""
        return self.query.get(name, "")

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path
