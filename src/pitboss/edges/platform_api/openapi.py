"""What OpenAPI tells of the platform endpoints: how a call is signed, and what each may answer."""

from typing import Any

from litestar.openapi import ResponseSpec

from pitboss.wire import platform, platform_reports


def documented(name: str, text: str, schema: Any, described: str, *, refuses: bool) -> dict[str, Any]:
    """What a route's decorator is given. `refuses`: whether there are parameters that can be wrong."""
    responses = {200: ResponseSpec(schema, generate_examples=False, description=described)}
    if refuses:
        responses[400] = ResponseSpec(
            platform_reports.Mistaken, generate_examples=False, description="a parameter is wrong; `error` names it"
        )
    responses[403] = ResponseSpec(
        platform.Denied, generate_examples=False, description="the signature or the address is not the operator's"
    )
    signed = f'Headers: `X-Operator-Id`, and `X-Authorization` = sha1("{name}" + operator id + secret).'
    return {
        "media_type": "application/json",
        "tags": ["platform API"],
        "summary": name,
        "description": f"{text} {signed}",
        "responses": responses,
    }
