"""Every hand-written conversation of wire_examples/agent_api, against a hub."""

from pathlib import Path

import pytest

from agent_stage import Stage
from wire_example import EXAMPLES, Exchange, differences, exact_json, read_example

FILES = sorted((EXAMPLES / "agent_api").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage) -> None:
    tokens: list[str] = []
    for exchange in read_example(path):
        where = f"{path.name}:{exchange.line}"
        if exchange.deed:
            await _do(stage, tokens, *exchange.deed)
        else:
            assert await _differences(stage, exchange) == [], where


async def _differences(stage: Stage, exchange: Exchange) -> list[str]:
    headers = {name.replace("-", "_"): value for name, value in exchange.request_headers.items()}
    agent = getattr(stage, headers.pop("Agent", "one"))
    response = await stage.post(exchange.target, exchange.body.encode(), agent=agent, **headers)
    found = differences(exact_json(exchange.answer), exact_json(response.content))
    if response.status_code != exchange.status:
        found.append(f"status {response.status_code}: {response.text}")
    for name, value in exchange.answer_headers.items():
        if response.headers.get(name) != value:
            found.append(f"{name}: {response.headers.get(name)}")
    return found


async def _do(stage: Stage, tokens: list[str], what: str, *words: str) -> None:
    if what == "block":
        await stage.owner.execute("UPDATE player SET blocked = true WHERE agent_id = 1 AND username = $1", *words)
    elif what == "launch":
        tokens.append(await stage.launched(*words))
    elif what == "cancel":
        await stage.play("cancel", tokens[-1], 0, words[0], "")
    else:
        amount, tx_id, round_id = words
        await stage.play(what, tokens[-1], int(amount) * 100, tx_id, round_id)


def test_every_example_has_exchanges() -> None:
    assert len(FILES) >= 11
    for path in FILES:
        exchanges = read_example(path)
        assert exchanges, path
        assert all(exchange.deed or (exchange.status and exchange.answer.strip()) for exchange in exchanges), path
