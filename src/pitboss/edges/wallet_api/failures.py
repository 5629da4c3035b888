"""Studios' calls that failed, for the error log. The hot path gets here only after the studio has its answer."""

import re
import time
from collections.abc import MutableMapping
from typing import Any, Final

from pitboss.domain.catalogue import Catalogue, Provider
from pitboss.engine.error_log import NOBODY, ErrorLog, Exchange

# Read off the bytes, since a body that failed may be no JSON.
_USER = re.compile(rb'"user_id"\s*:\s*"([a-z0-9]{16})-')
_TOKEN = re.compile(rb'"token"\s*:\s*"([a-z0-9]{5})[A-Za-z0-9]{15,45}"')
_SUBJECT = re.compile(rb'"(?:transaction_id|round_id)"\s*:\s*"?([0-9]{1,20})')
_NAMES: Final = (b"x-operator-id", b"x-tt-operator-id")


def note_denied(errors: ErrorLog, scope: MutableMapping[str, Any], status: int, why: str) -> None:
    """HTTP 403 or 413. No tenant's log is written by one who proved nothing, or on whose behalf nobody knows; no body was kept."""
    claimed = next((value for name, value in scope["headers"] if name in _NAMES), b"").decode("latin-1")
    path = scope["path"]
    command = path.rpartition("/")[2]
    errors.note(NOBODY, Exchange("in", "wallet", command, claimed, path, status, why, 0, None, None))


def note_failed(
    errors: ErrorLog,
    catalogue: Catalogue,
    provider: Provider,
    command: str,
    code: str | None,
    began: float,
    request: bytes,
    answer: bytes,
) -> None:
    """An error that says the exchange went wrong. Its agent is the one whose player or token it names."""
    found = _USER.search(request) or _TOKEN.search(request)
    agent = catalogue.agent_of(found[1].decode("ascii")) if found else None
    subject = _SUBJECT.search(request)
    reference = f"{provider.code} {subject[1].decode('ascii')}" if subject else provider.code
    duration_ms = round((time.monotonic() - began) * 1000)
    failed = Exchange(
        "in", "wallet", command, reference, f"/wallet/{command}", 200, code or "", duration_ms, request, answer
    )
    errors.note(NOBODY if agent is None else agent.id, failed, provider.secret)
