"""What came back for one call, read leniently: each case says how strict it is."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pitboss.certify.notation import Unreadable, as_decimal, read


@dataclass(frozen=True)
class Sent:
    """One request: its address, headers, body, and what its envelope said."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    envelope: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, or the reason why there is none. `elapsed_ms` in milliseconds."""

    sent: Sent
    elapsed_ms: int
    http_status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    failure: str | None = None

    @cached_property
    def document(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return read(self.body)
        except Unreadable:
            return None

    def member(self, name: str) -> dict[str, Any]:
        """The object under `name` of the document; empty when there is none."""
        found = self.document.get(name) if isinstance(self.document, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def response(self) -> dict[str, Any]:
        """The `response` member."""
        return self.member("response")

    @property
    def data(self) -> dict[str, Any]:
        """The `data` of the `response`."""
        found = self.response.get("data")
        return found if isinstance(found, dict) else {}

    @property
    def ok(self) -> bool:
        """Whether it is a success: HTTP 200 and status OK."""
        return self.http_status == 200 and self.response.get("status") == "OK"

    @property
    def code(self) -> str | None:
        """The error code of an ERROR, whatever the HTTP status (which has a case of its own); None for everything else."""
        if self.response.get("status") != "ERROR":
            return None
        found = self.data.get("error_code")
        return found if isinstance(found, str) else None

    @property
    def refused(self) -> bool:
        """Whether it is an error in any form the protocol takes for one: an ERROR, or another HTTP status."""
        if self.http_status is None:
            return False
        return self.http_status != 200 or self.response.get("status") == "ERROR"

    @property
    def balance(self) -> Decimal | None:
        """The balance in `data`, exactly as it was written."""
        return as_decimal(self.data.get("balance"))

    def header(self, name: str) -> str:
        """The value of a header; empty when it is missing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def words(self) -> str:
        """What it was, in a few words."""
        if self.failure is not None:
            return self.failure
        if self.code is not None:
            message = self.data.get("error_message")
            text = f"{self.code} ({message})" if isinstance(message, str) and message else self.code
            return text if self.http_status == 200 else f"HTTP {self.http_status} with {text}"
        if self.http_status != 200:
            return f"HTTP {self.http_status}"
        if self.document is None:
            return "HTTP 200 with a body that is not JSON"
        if self.ok:
            status = self.data.get("transaction_status")
            return f"OK ({status})" if isinstance(status, str) else "OK"
        status = self.response.get("status")
        return f"status {status!r}" + (" without an error_code" if status == "ERROR" else "")
