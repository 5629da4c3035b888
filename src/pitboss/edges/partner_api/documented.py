"""Words for describing operations in the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIType, Schema


def text(description: str = "", **more: object) -> Schema:
    """A string."""
    return Schema(type=OpenAPIType.STRING, description=description or None, **more)  # type: ignore[arg-type]


def maybe(description: str = "") -> Schema:
    """A string, or null."""
    return Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL], description=description or None)


def obj(members: Mapping[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """An object; all members are required unless said otherwise."""
    return Schema(
        type=OpenAPIType.OBJECT, properties=dict(members), required=list(members if required is None else required)
    )


def array(item: Schema, **more: object) -> Schema:
    """A list."""
    return Schema(type=OpenAPIType.ARRAY, items=item, **more)  # type: ignore[arg-type]


def whole(**more: object) -> Schema:
    """An integer."""
    return Schema(type=OpenAPIType.INTEGER, **more)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Documented:
    """An operation as the document shows it. `members`: of the body, or parameters of the query. `csv`: has that form too."""

    description: str
    members: Mapping[str, Schema]
    required: tuple[str, ...]
    data: Schema
    csv: bool = False
