"""Every hand-written conversation of wire_examples/event_api, against a hub."""

import gzip
import json
from pathlib import Path

import httpx
import pytest
import zstandard

from agent_stage import Stage, on_stage
from wire_example import EXAMPLES, Exchange, differences, exact_json, means, read_example

FILES = sorted((EXAMPLES / "event_api").glob("*.txt"))
PACKERS = {"gzip": gzip.compress, "zstd": zstandard.compress}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, database_url: str, tmp_path: Path) -> None:
    exchanges = read_example(path)
    rates = [int(exchange.deed[1]) for exchange in exchanges if exchange.deed[:1] == ("rate",)]
    settings = {"event_rate_per_second": rates[0]} if rates else {}
    async with on_stage(database_url, tmp_path, **settings) as stage:
        for exchange in exchanges:
            match exchange.deed:
                case ("rate", _):
                    continue
                case ("storage", "away"):
                    await stage.owner.execute("ALTER TABLE event RENAME TO event_away")
                case ("storage", "back"):
                    await stage.owner.execute("ALTER TABLE event_away RENAME TO event")
                case _:
                    assert found(exchange, await ask(stage, exchange)) == [], f"{path.name}:{exchange.line}"


async def ask(stage: Stage, exchange: Exchange) -> httpx.Response:
    method, _, target = exchange.target.partition(" ")
    headers = {"x-api-key": stage.one.events_api_key} | exchange.request_headers
    times, packed = headers.pop("Times", ""), headers.pop("Packed", "")
    body = (_many(exchange.body, int(times)) if times else exchange.body).encode()
    if packed:
        body, headers["Content-Encoding"] = PACKERS[packed](body), packed
    if method == "POST":
        headers["Content-Type"] = "application/json"
    return await stage.http.request(
        method, target, content=body, headers={name: value for name, value in headers.items() if value}
    )


def _many(body: str, times: int) -> str:
    [item] = json.loads(body)["items"]
    made = [
        {**item, "data": {**item["data"], "unique_id": f"{item['data']['unique_id']}{number}"}}
        for number in range(times)
    ]
    return json.dumps({"items": made})


def found(exchange: Exchange, response: httpx.Response) -> list[str]:
    if response.status_code != exchange.status:
        return [f"status {response.status_code}: {response.text}"]
    wrong = [
        f"{name}: {response.headers.get(name)}"
        for name, value in exchange.answer_headers.items()
        if not means(value, response.headers.get(name, ""))
    ]
    expected = exchange.answer.strip()
    if not expected:
        return wrong + ([f"has a body: {response.text}"] if response.content else [])
    if expected == "{<*>}":
        return wrong + ([] if isinstance(response.json(), dict) else ["is no object"])
    return wrong + differences(exact_json(expected), exact_json(response.content))


def test_there_are_examples() -> None:
    assert [path.stem for path in FILES] == ["rate", "six_kinds", "statuses"]
    assert all(exchange.deed or exchange.status for path in FILES for exchange in read_example(path))
