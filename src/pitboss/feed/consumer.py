"""A consumer of events: one batch sent by the event API's words, and what its answer means (the contract, "The event API")."""

import gzip
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx
import msgspec

from pitboss.domain.events.event import Event
from pitboss.guarded_http import whole_exchange
from pitboss.wire.event_insights import encode, told_item

LONGEST_WAIT_SECONDS = 3_600
"""What a Retry-After may ask for, in seconds."""
_MOST_ANSWER = 1024 * 1024
_LONGEST_PROBLEM = 2_000
_UNAUTHORIZED, _FORBIDDEN, _TOO_LARGE, _UNKNOWN_ENCODING = 401, 403, 413, 415
_UNPROCESSABLE, _TOO_MANY, _MULTI_STATUS = 422, 429, 207
_SUCCESS = range(200, 300)


class Accepted(NamedTuple):
    """All of the batch is theirs."""


class Refused(NamedTuple):
    """Something in the batch is wrong to them; `named` by place in the batch, empty when they did not say. `why` for all else."""

    named: Mapping[int, str]
    why: str


class TooLarge(NamedTuple):
    """Fewer at once may do."""

    why: str


class PlainOnly(NamedTuple):
    """They do not read what is packed."""


class NotAllowed(NamedTuple):
    """The key does not let us in."""

    why: str


class Later(NamedTuple):
    """Nobody knows whether they have it: the same batch again, after `wait_seconds` where they said so. `slow`: there was no
    answer in time, so that a smaller batch may do better."""

    why: str
    wait_seconds: int | None = None
    slow: bool = False


Verdict = Accepted | Refused | TooLarge | PlainOnly | NotAllowed | Later


class _Error(msgspec.Struct):
    index: int | None = None
    unique_id: str | None = None
    field: str | None = None
    message: str | None = None


class _Errors(msgspec.Struct):
    errors: list[_Error]


_ERRORS = msgspec.json.Decoder(_Errors)


async def send(
    client: httpx.AsyncClient,
    url: str,
    key: str,
    events: Sequence[Event],
    *,
    packed: bool,
    within_seconds: float,
    now: datetime,
) -> Verdict:
    """One batch, strict, within so many seconds. Never raises for what a peer or a network does."""
    body = encode({"items": [told_item(*event) for event in events]})
    headers = {"x-api-key": key, "content-type": "application/json", "user-agent": "pitboss-feed"}
    if packed:
        body = gzip.compress(body, 3, mtime=0)
        headers["content-encoding"] = "gzip"
    try:
        answer = await whole_exchange(client, "POST", url, body, headers, most=_MOST_ANSWER, within=within_seconds)
    except (TimeoutError, httpx.TimeoutException):
        return Later("no answer in time", slow=True)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        # The message of a transport's error names addresses at most; ours say why an address may not be called.
        return Later(f"{type(error).__name__}: {error}"[:_LONGEST_PROBLEM])
    return _meaning(answer.status, answer.headers, answer.body, events, key, now)


def _meaning(
    status: int, headers: Mapping[str, str], body: bytes, events: Sequence[Event], key: str, now: datetime
) -> Verdict:
    why = _said(status, body, key)
    if status in _SUCCESS and status != _MULTI_STATUS:
        return Accepted()
    if status in (_UNAUTHORIZED, _FORBIDDEN):
        return NotAllowed(why)
    if status == _TOO_LARGE:
        return TooLarge(why)
    if status == _UNKNOWN_ENCODING:
        return PlainOnly()
    if status == _UNPROCESSABLE:
        return Refused(_named(body, events, key), why)
    wait_seconds = retry_after_seconds(headers.get("retry-after"), now) if status >= _TOO_MANY else None
    return Later(why, wait_seconds)


def _named(body: bytes, events: Sequence[Event], key: str) -> dict[int, str]:
    """Events that are named by both their place and their unique_id; anything else may be about another batch than ours."""
    try:
        errors = _ERRORS.decode(body).errors
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return {}
    named: dict[int, list[str]] = {}
    for error in errors:
        place = error.index
        if place is not None and 0 <= place < len(events) and events[place].unique_id == error.unique_id:
            named.setdefault(place, []).append(f"{error.field}: {error.message}")
    return {place: storable("; ".join(problems), key) for place, problems in named.items()}


def retry_after_seconds(text: str | None, now: datetime) -> int | None:
    """Seconds that a Retry-After asks to wait, in either of its forms; at most an hour, None for none that can be read."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_WAIT_SECONDS)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now) // timedelta(seconds=1), 0), LONGEST_WAIT_SECONDS)


def _said(status: int, body: bytes, key: str) -> str:
    return storable(f"HTTP {status} {body[:_LONGEST_PROBLEM].decode('utf-8', 'replace')}".strip(), key)


def storable(text: str, key: str) -> str:
    """A peer's words as any database takes them, short, and without our key should they repeat it."""
    return text.replace(key, "***").replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST_PROBLEM]
