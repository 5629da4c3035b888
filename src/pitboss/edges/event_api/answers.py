"""Answers of the event API."""

from litestar import Response

from pitboss.edges.json_http import answer
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
    return message(429, "too many events at once", retry_after=seconds)


def message(status: int, text: str, retry_after: int | None = None) -> Response[bytes]:
    """An answer for people, in the form of a batch's errors."""
    error = event_answers.ItemError(None, None, "body" if status == 413 else "request", text)
    return refused([error], status, retry_after)


def refused(
    errors: list[event_answers.ItemError], status: int = 422, retry_after: int | None = None
) -> Response[bytes]:
    """422, and what is wrong."""
    told = event_answers.encode(event_answers.Refused(errors[: event_answers.MAX_ERRORS]))
    return answer(told, status, retry_after=retry_after)
