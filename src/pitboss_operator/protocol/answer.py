"""What goes back: the request as it came, then status, time, signature and data, in the document's order."""

from collections.abc import Mapping
from dataclasses import dataclass

from pitboss_operator.protocol import json_text
from pitboss_operator.protocol.refusal import Refusal


@dataclass(frozen=True)
class Verdict:
    """What a command came to: `code` is None for OK."""

    code: str | None
    data: Mapping[str, object]

    @property
    def status(self) -> str:
        """The word that is signed."""
        return "OK" if self.code is None else "ERROR"


def refused(refusal: Refusal) -> Verdict:
    """The verdict a refusal is."""
    return Verdict(refusal.code, {"error_code": str(refusal.code), "error_message": refusal.message})


def accepted(**data: object) -> Verdict:
    """An OK with its members, in their order."""
    return Verdict(None, data)


def render(echo: bytes | None, status: str, stamp: str, signature: str, data: Mapping[str, object]) -> bytes:
    """The body of an answer. `echo` is the request's own JSON, byte for byte; None when it was no JSON."""
    response = {"status": status, "response_timestamp": stamp, "hash": signature, "data": data}
    return b'{"request":' + (echo or b"null") + b',"response":' + json_text.write(response).encode() + b"}"
