"""A hub's signed command to the studio, and what it answers; signatures of its own."""

import hashlib
import json
from typing import Any

import httpx
from operator_peer import OPERATOR_ID, SECRET
from studio_process import StudioProcess


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def command(studio: StudioProcess, name: str, data: dict[str, Any] | None, **change: Any) -> httpx.Response:
    """A signed command, with what the test wants to be wrong."""
    stamp = "2026-01-02 03:04:05"
    body = {"command": name, "request_timestamp": stamp, "hash": sha1(name + stamp + SECRET), "data": data}
    body |= change.get("body", {})
    headers = {"X-Authorization": sha1(name + SECRET), "X-Operator-Id": OPERATOR_ID} | change.get("headers", {})
    content = change.get("raw") or json.dumps(body).encode()
    return httpx.post(f"{studio.url}/studio/{name}", content=content, headers=headers)


def result(answer: httpx.Response) -> dict[str, Any]:
    """The data of a well-signed answer."""
    assert answer.status_code == 200, answer.text
    response = answer.json()["response"]
    assert response["hash"] == sha1(response["status"] + response["response_timestamp"] + SECRET)
    data: dict[str, Any] = response["data"]
    return data
