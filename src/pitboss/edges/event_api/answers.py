"""Answers of the event API."""

from litestar import Response

from pitboss.wire import event_answers

_NO_STORE = {"cache-control": "no-store"}


def nothing() -> Response[bytes]:
    """204: all of it is stored."""
    return Response(b"", status_code=204, headers=_NO_STORE)


def forbidden() -> Response[bytes]:
    """403: key missing or unknown."""
    return message(403, "x-api-key is missing or unknown")


def too_much(seconds: int) -> Response[bytes]:
    """429 with Retry-After."""
    return message(429, "too many events at once", {"retry-after": str(seconds)})


def message(status: int, text: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """An answer for people, in the form of a batch's errors."""
    return refused([event_answers.ItemError(None, None, "body" if status == 413 else "request", text)], status, headers)


def refused(
    errors: list[event_answers.ItemError], status: int = 422, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """422, and what is wrong."""
    return answer(event_answers.encode(event_answers.Refused(errors[: event_answers.MAX_ERRORS])), status, headers)


def answer(body: bytes, status: int, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A JSON body."""
    return Response(body, status_code=status, media_type="application/json", headers=_NO_STORE | (headers or {}))
