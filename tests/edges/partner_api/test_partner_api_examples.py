"""Every hand-written conversation of wire_examples/partner_api, against a hub."""

from pathlib import Path

import pytest

from agent_stage import Stage
from partner_desk import Partner
from wire_example import EXAMPLES, Exchange, differences, exact_json, read_example

FILES = sorted((EXAMPLES / "partner_api").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage, partner: Partner) -> None:
    tokens: list[str] = []
    for exchange in read_example(path):
        where = f"{path.name}:{exchange.line}"
        if exchange.deed:
            await _do(stage, tokens, *exchange.deed)
        else:
            assert await _differences(partner, exchange, tokens) == [], where


async def _differences(partner: Partner, exchange: Exchange, tokens: list[str]) -> list[str]:
    headers = {name.replace("-", "_"): value for name, value in exchange.request_headers.items()}
    agent = getattr(partner.stage, headers.pop("Agent", "one"))
    method, _, target = exchange.target.partition(" ")
    if method == "GET":
        path, _, query = target.partition("?")
        response = await partner.get(path, query, agent=agent, **headers)
    else:
        body = exchange.body
        for place, token in enumerate(tokens, 1):
            body = body.replace(f"TOKEN{place}", token)
        response = await partner.post(target, body.encode(), agent=agent, **headers)
    if exchange.answer_headers.get("content-type", "").startswith("text/csv"):
        found = [] if response.text == exchange.answer else [f"{response.text!r}"]
    else:
        found = differences(exact_json(exchange.answer), exact_json(response.content))
    if response.status_code != exchange.status:
        found.append(f"status {response.status_code}: {response.text}")
    for name, value in exchange.answer_headers.items():
        if response.headers.get(name) != value:
            found.append(f"{name}: {response.headers.get(name)}")
    return found


async def _do(stage: Stage, tokens: list[str], what: str, *words: str) -> None:
    if what == "player":
        await stage.player(words[0], **({"currency": words[1]} if len(words) > 1 else {}))
    elif what == "block":
        await stage.owner.execute("UPDATE player SET blocked = true WHERE agent_id = 1 AND username = $1", *words)
    elif what == "launch":
        tokens.append(await stage.launched(*words))
    elif what == "deposit":
        username, amount, currency = words
        body = {"username": username, "amount": amount, "currency": currency}
        assert (await stage.call("v1.6/deposit", body))["ok"]
    else:
        amount, tx_id, round_id = words
        await stage.play(what, tokens[-1], int(amount) * 100, tx_id, round_id)


def test_every_example_has_exchanges() -> None:
    assert len(FILES) >= 4
    for path in FILES:
        exchanges = read_example(path)
        assert exchanges, path
        assert all(exchange.deed or (exchange.status and exchange.answer.strip()) for exchange in exchanges), path
