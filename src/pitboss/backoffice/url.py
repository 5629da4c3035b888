"""Addresses of pages: what a table shows stands in them, so that a page can be sent to somebody else."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from pitboss.domain.invalid import Invalid


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

    def one_of(self, name: str, known: Collection[str]) -> str:
        """A member that is one of these, or an empty text. Raises Invalid."""
        text = self.get(name)
        if text and text not in known:
            raise Invalid(name, f"must be one of {', '.join(known)}")
        return text

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path
