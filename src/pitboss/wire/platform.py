"""The words of the wallet protocol's platform endpoints (`/api/generic/…`), which operators call."""

from hashlib import sha1

import msgspec

from pitboss.wire.studio import RoundLog


def sign(name: str, operator_id: str, secret: str) -> str:
    """What X-Authorization must hold: 40 hex digits of sha1(name + operatorId + secret)."""
    return sha1((name + operator_id + secret).encode(), usedforsecurity=False).hexdigest()


ACCESS_DENIED = b'{"error":"Access denied"}'


def failure(error: str) -> bytes:
    """`success` false, and why."""
    return msgspec.json.encode({"success": False, "error": error})


def hand_history(log: RoundLog) -> bytes:
    """A page's URL, or all that the studio said of the round."""
    if log.page is not None:
        return msgspec.json.encode({"success": True, "type": "url", "data": log.page})
    data = {"log_type": log.log_type} if bytes(log.document) == b"{}" else log.document
    return msgspec.json.encode({"success": True, "data": data, "type": "json"})
