"""An operator's wallet for the studio to talk to: real HTTP, its own code, its own idea of the signatures.

It keeps its books as the wallet protocol asks and can fail in every way a peer can: see `Fault`.
"""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "correct horse battery staple"
OPERATOR_ID = "house-op"


class Fault(Enum):
    """What goes wrong with one call."""

    DROP_BEFORE = "the connection breaks, nothing is booked"
    DROP_AFTER = "it is booked, then the connection breaks"
    HTTP_500 = "HTTP 500, nothing is booked"
    HTTP_500_AFTER = "it is booked, then HTTP 500"
    OP_20 = "OP_20"
    OP_47 = "OP_47"
    OP_47_AFTER = "booked, but answered OP_47"
    OP_50 = "OP_50"
    WRONG_HASH = "booked, answered with a hash that does not hold"
    NOT_JSON = "booked, answered with something else"
    WRONG_CURRENCY = "booked, answered in another currency"
    SLOW = "answered after the studio has given up; booked at once"
    LATE = "booked only after the studio has given up"


@dataclass
class Booking:
    """One transaction as the operator has it."""

    kind: str
    user_id: str
    round_id: int
    amount: Decimal
    finished: object
    state: str = "OK"
    campaign: str | None = None
    promotional: bool = False


@dataclass
class Seen:
    """One call as it came."""

    command: str
    body: bytes
    data: dict[str, Any]
    authorized: bool


@dataclass
class Operator:
    """Books and switches. `fault` is asked for every call; None lets it pass."""

    opening: Decimal = Decimal(1000)
    currency: str = "EUR"
    remembers_unknown: bool = True
    refuse: dict[str, str] = field(default_factory=dict)
    fault: Callable[[str, dict[str, Any]], Fault | None] = lambda kind, data: None
    before: Callable[[str, dict[str, Any]], None] = lambda kind, data: None
    after: Callable[[str, dict[str, Any]], None] = lambda kind, data: None
    slowness: float = 2.6
    url: str = ""
    balances: dict[str, Decimal] = field(default_factory=dict)
    bookings: dict[int, Booking] = field(default_factory=dict)
    tombstones: set[int] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)
    applied: Counter[int] = field(default_factory=Counter)
    campaigns: dict[tuple[str, str], int] = field(default_factory=dict)
    """Stakes left by user and campaign code: what this operator lets a campaign pay."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def behave(self) -> None:
        """Back to no faults; the books stay."""
        self.refuse.clear()
        self.seen.clear()
        self.remembers_unknown = True
        self.fault = lambda kind, data: None
        self.before = self.after = lambda kind, data: None

    def balance(self, user_id: str) -> Decimal:
        return self.balances.setdefault(user_id, self.opening)

    def start(self) -> str:
        """Serve on a free port; returns the wallet's URL."""
        operator = self

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A studio that was killed leaves broken connections; that is the test, not an error."""

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                operator.serve(self)

        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/wallet"
        return self.url

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def calls(self, kind: str) -> list[Seen]:
        """What came of this kind: BET, WIN, cancel, status, balance, authenticate."""
        return [call for call in list(self.seen) if kind_of(call.command, call.data) == kind]

    def serve(self, http: BaseHTTPRequestHandler) -> None:
        raw = http.rfile.read(int(http.headers.get("Content-Length", "0")))
        command = http.path.rsplit("/", 1)[-1]
        body = json.loads(raw, parse_float=Decimal)
        data = body["data"]
        kind = kind_of(command, data)
        header = hashlib.sha1((command + SECRET).encode()).hexdigest()
        signature = hashlib.sha1((command + body["request_timestamp"] + SECRET).encode()).hexdigest()
        authorized = (
            http.headers.get("X-Authorization") == header
            and http.headers.get("X-Operator-Id") == OPERATOR_ID
            and body["hash"] == signature
            and body["command"] == command
        )
        self.seen.append(Seen(command, raw, data, authorized))
        fault = self.fault(kind, data)
        self.before(kind, data)
        if fault in (Fault.DROP_BEFORE, Fault.DROP_AFTER):
            if fault is Fault.DROP_AFTER:
                self.book(command, data)
                self.after(kind, data)
            http.close_connection = True
            http.connection.close()
            return None
        if fault is Fault.HTTP_500:
            return self.answer(http, 500, b"{}")
        if fault in (Fault.OP_20, Fault.OP_47, Fault.OP_50):
            status, result = "ERROR", {"error_code": fault.value, "error_message": "as told"}
        else:
            if fault is Fault.LATE:
                time.sleep(self.slowness)
            status, result = self.book(command, data)
        if fault is Fault.SLOW:
            time.sleep(self.slowness)
        self.after(kind, data)
        if fault is Fault.HTTP_500_AFTER:
            return self.answer(http, 500, b"{}")
        if fault is Fault.OP_47_AFTER:
            status, result = "ERROR", {"error_code": "OP_47", "error_message": "as told"}
        if fault is Fault.NOT_JSON:
            return self.answer(http, 200, b"<html>bad gateway</html>")
        if fault is Fault.WRONG_CURRENCY:
            result = {**result, "currency_code": "XXX"}
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        secret = "somebody else's" if fault is Fault.WRONG_HASH else SECRET
        response = {
            "status": status,
            "response_timestamp": stamp,
            "hash": hashlib.sha1((status + stamp + secret).encode()).hexdigest(),
            "data": result,
        }
        text = json.dumps({"request": None, "response": response}, default=float_free)
        return self.answer(http, 200, text.replace('"~', "").replace('~"', "").encode())

    @staticmethod
    def answer(http: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        try:
            http.send_response(status)
            http.send_header("Content-Type", "application/json")
            http.send_header("Content-Length", str(len(body)))
            http.end_headers()
            http.wfile.write(body)
        except OSError:
            http.close_connection = True

    def book(self, command: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        with self.lock:
            return getattr(self, f"on_{command}")(data)

    def on_authenticate(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if "authenticate" in self.refuse:
            return error(self.refuse["authenticate"])
        user_id = "user" + data["token"][-12:]
        told = {"user_id": user_id, "user_name": "anna", "user_country": "DE", "currency_code": self.currency}
        return "OK", {**told, "balance": self.balance(user_id)}

    def on_balance(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "OK", {"balance": self.balance(data["user_id"]), "currency_code": self.currency}

    def on_changebalance(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        tx, kind, amount = data["transaction_id"], data["transaction_type"], Decimal(data["amount"])
        user_id = data["user_id"]
        known = self.bookings.get(tx)
        if tx in self.tombstones or (known is not None and known.state == "CANCELED"):
            return error("OP_49")
        if known is None:
            if kind in self.refuse:
                return error(self.refuse[kind])
            context = data.get("context") or {}
            code = context.get("campaign_code")
            promotional = context.get("reason") == "PROMO-FREESPIN" and kind == "BET"
            if promotional:
                if self.campaigns.get((user_id, code), 0) < 1:
                    return error("OP_49")
                self.campaigns[user_id, code] -= 1
            elif kind == "BET" and self.balance(user_id) < amount:
                return error("OP_31")
            booking = Booking(kind, user_id, data["round_id"], amount, data["round_finished"])
            booking.campaign, booking.promotional = code, promotional
            self.bookings[tx] = booking
            moved = amount if kind == "WIN" else Decimal(0) if promotional else -amount
            self.balances[user_id] = self.balance(user_id) + moved
            self.applied[tx] += 1
        elif (known.kind, known.user_id, known.amount) != (kind, user_id, amount):
            return error("OP_40")
        return "OK", {"balance": self.balance(user_id), "currency_code": self.currency}

    def on_cancel(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        tx, user_id = data["transaction_id"], data["user_id"]
        known = self.bookings.get(tx)
        if known is None:
            if self.remembers_unknown:
                self.tombstones.add(tx)
            return error("OP_41")
        if known.state == "OK":
            known.state = "CANCELED"
            if known.promotional:
                self.campaigns[user_id, str(known.campaign)] += 1
            else:
                back = known.amount if known.kind == "BET" else -known.amount
                self.balances[user_id] = self.balance(user_id) + back
        return "OK", {"user_id": user_id, "transaction_id": tx, "transaction_status": "CANCELED"}

    def on_status(self, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        known = self.bookings.get(data["transaction_id"])
        if known is None or known.user_id != data["user_id"]:
            return error("OP_41")
        told = {name: data[name] for name in ("user_id", "transaction_id")}
        return "OK", {**told, "transaction_status": known.state}


def kind_of(command: str, data: dict[str, Any]) -> str:
    """BET or WIN, or the command's own name: `status` names a type too, but changes nothing."""
    return str(data["transaction_type"]) if command == "changebalance" else command


def error(code: str) -> tuple[str, dict[str, Any]]:
    return "ERROR", {"error_code": code, "error_message": "no"}


def float_free(value: object) -> str:
    """Decimals as JSON numbers with their digits; the marks are taken off afterwards."""
    assert isinstance(value, Decimal)
    return f"~{value}~"
