"""A platform that calls a wallet: signatures and readings of its own."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


@dataclass
class Answer:
    """An answer, taken apart and not yet judged; numbers with a point are Decimals."""

    http: httpx.Response
    secret: str

    @property
    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.http.content, parse_float=Decimal)
        return told

    @property
    def response(self) -> dict[str, Any]:
        told: dict[str, Any] = self.body["response"]
        return told

    @property
    def data(self) -> dict[str, Any]:
        told: dict[str, Any] = self.response["data"]
        return told

    @property
    def code(self) -> str:
        """OK or the error code."""
        response = self.response
        return "OK" if response["status"] == "OK" else str(response["data"]["error_code"])

    @property
    def message(self) -> str:
        return str(self.data["error_message"])

    @property
    def balance(self) -> str:
        return str(self.data["balance"])

    @property
    def signed(self) -> bool:
        response = self.response
        return bool(response["hash"] == sha1(response["status"] + response["response_timestamp"] + self.secret))

    @property
    def said(self) -> bytes:
        """Status and data as bytes: what a repetition must repeat."""
        status, _, data = self.http.content.rpartition(b'"data":')
        return status[status.rindex(b'"status":') :].split(b",")[0] + data


class Platform:
    """Sends signed commands; every part can be replaced."""

    def __init__(self, url: str, operator_id: str, secret: str) -> None:
        self.url = url
        self.operator_id = operator_id
        self.secret = secret
        self.http = httpx.Client(trust_env=False, timeout=20)

    def close(self) -> None:
        self.http.close()

    def body(self, command: str, data: object, **members: Any) -> bytes:
        stamp = members.pop("request_timestamp", None) or datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        signature = sha1(command + stamp + self.secret)
        whole = {"command": command, "request_timestamp": stamp, "hash": signature, "data": data} | members
        return json.dumps(whole).encode()

    def headers(self, command: str) -> dict[str, str]:
        return {"X-Authorization": sha1(command + self.secret), "X-Operator-Id": self.operator_id}

    def send(self, command: str, raw: bytes, headers: dict[str, str] | None = None) -> Answer:
        http = self.http.post(f"{self.url}/{command}", content=raw, headers=headers or self.headers(command))
        return Answer(http, self.secret)

    def call(self, command: str, data: object, **members: Any) -> Answer:
        return self.send(command, self.body(command, data, **members))

    def change(self, data: dict[str, Any]) -> Answer:
        return self.call("changebalance", data)

    def cancel(self, data: dict[str, Any], **members: Any) -> Answer:
        """Cancel the transaction whose changebalance data this is."""
        wanted = {name: data[name] for name in ("user_id", "transaction_id", "round_id", "round_finished", "game_id")}
        return self.call("cancel", wanted | members)

    def status(self, data: dict[str, Any], **members: Any) -> Answer:
        wanted = {name: data[name] for name in ("user_id", "transaction_id", "transaction_type", "round_id")}
        told = {"transaction_date": "2020-11-31", "transaction_ts": "1606822496000"}
        return self.call("status", wanted | told | members)

    def finish(self, data: dict[str, Any], **members: Any) -> Answer:
        wanted = {name: data[name] for name in ("round_id", "user_id", "game_id")}
        return self.call("finishround", wanted | members)
