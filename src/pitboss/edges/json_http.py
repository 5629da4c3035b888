"""Requests and answers of the dialects that speak JSON over HTTP: one bounded reader, one kind of answer. Of no dialect itself."""

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import InternalServerException

AnyRequest = Request[object, object, State]


class BodyTooLarge(Exception):
    """More came than the bound allows; what is left of it was not read."""


class BodyIncomplete(Exception):
    """The caller hung up in the middle; nobody will read the answer."""


async def read_body(request: AnyRequest, most: int) -> bytes:
    """The body. No more than `most` bytes, and one piece, are ever held. Raises BodyTooLarge, BodyIncomplete."""
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise BodyTooLarge
    except InternalServerException:
        raise BodyIncomplete from None
    return bytes(body)


def answer(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None, *, retry_after: int | None = None
) -> Response[bytes]:
    """An answer that nobody on the way may keep. `retry_after`: seconds, for whoever is to come again."""
    told = {"cache-control": "no-store", **(headers or {})}
    if retry_after is not None:
        told["retry-after"] = str(retry_after)
    if status == 413:
        # What is left of the body is not worth reading.
        told["connection"] = "close"
    return Response(body, status_code=status, media_type="application/json", headers=told)
