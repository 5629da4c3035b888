"""Every hand-written example of wire_examples/platform_reports, against a hub."""

from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from agent_stage import Stage
from pitboss.storage.reports.revenue import settle
from reports.script import Script
from wire_example import EXAMPLES, Exchange, differences, exact_json, read_example

FILES = sorted((EXAMPLES / "platform_reports").glob("*.txt"))


def in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return [(name, in_order(member)) for name, member in value.items()]
    return [in_order(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage) -> None:
    await stage.sql("UPDATE rate SET valid_from = '2020-01-01'")
    script = Script(stage)
    await script.seat("anna", "EUR", "pg_00001", "100")
    await script.seat("budi", "IDR", "pg_00001", "10000")
    for exchange in read_example(path):
        where = f"{path.name}:{exchange.line}"
        match exchange.deed:
            case ("play", *words):
                await script.play(*words)
            case ("credit", amount):
                await stage.sql("UPDATE agent SET credit_limit = $1::text::numeric * 100 WHERE id = 1", amount)
            case ("settle",):
                catalogue = stage.hub.live.current
                await settle(stage.owner, catalogue, catalogue.agents[1], actor="test", now=datetime.now(UTC))
            case _:
                assert await found(stage, exchange) == [], where


async def found(stage: Stage, exchange: Exchange) -> list[str]:
    target = exchange.target.removeprefix("GET ")
    name = target.partition("?")[0]
    signed = sha1(f"{name}casinoone{stage.one.secret_key}".encode()).hexdigest()
    headers = {"X-Operator-Id": "casinoone", "X-Authorization": signed} | exchange.request_headers
    response = await stage.http.get(f"/api/generic/{target}", headers=headers)
    told, expected = exact_json(response.content), exact_json(exchange.answer)
    wrong = differences(expected, told)
    if exchange.status == 200 and in_order(told) != in_order(expected):
        wrong.append("the members' order")
    if response.status_code != exchange.status:
        wrong.append(f"status {response.status_code}")
    for header, value in exchange.answer_headers.items():
        if response.headers.get(header) != value:
            wrong.append(f"{header}: {response.headers.get(header)}")
    return wrong


def test_there_are_examples() -> None:
    assert [path.stem for path in FILES] == ["business_report", "limits"]
