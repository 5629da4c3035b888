"""What OpenAPI tells of the platform endpoints: how a call is signed, and what each may answer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from litestar.openapi import ResponseSpec

from pitboss.wire import platform

Failures = Mapping[int, tuple[type, str]]
"""What else is answered: by status, its schema and what it means."""
_DENIED = (platform.Denied, "the signature or the address is not the operator's")
_NONE: Failures = MappingProxyType({})


def documented(name: str, text: str, schema: Any, meaning: str, failures: Failures = _NONE) -> dict[str, Any]:
    """What a route's decorator is given, and so what is told of its answers: 200, 403 and `failures`."""
    answers: dict[int, tuple[Any, str]] = {200: (schema, meaning), 403: _DENIED, **failures}
    responses = {
        status: ResponseSpec(what, generate_examples=False, description=described)
        for status, (what, described) in sorted(answers.items())
    }
    signed = f'Headers: `X-Operator-Id`, and `X-Authorization` = sha1("{name}" + operator id + secret).'
    return {
        "media_type": "application/json",
        "tags": ["platform API"],
        "summary": name,
        "description": f"{text} {signed}",
        "responses": responses,
    }
