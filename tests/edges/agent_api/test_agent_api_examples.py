"""Every hand-written conversation of wire_examples/agent_api, against a hub."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from agent_stage import Midday, Stage, on_stage
from studio_peer import StudioPeer, studio_peer
from wire_example import EXAMPLES, Exchange, differences, exact_json, filled, read_example

V13 = """createPlayer getPlayerBalance getPlayerStatus games launchGame deposit withdraw history playerDailyReport gameLogs
    providers freeRound getFreeRound cancelFreeRound""".split()
V16 = [*V13, "setPlayerBetLimits", "freeChip", "getFreeChip", "cancelFreeChip"]


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as peer:
        yield peer


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """In the middle of an hour: what an example plays is of one, unless it says when."""
    async with on_stage(database_url, tmp_path, Midday()) as set_up:
        yield set_up


FILES = sorted((EXAMPLES / "agent_api").glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage, studio: StudioPeer) -> None:
    names: dict[str, str] = {}
    tokens: list[str] = []
    for exchange in read_example(path):
        where = f"{path.name}:{exchange.line}"
        if exchange.deed[:1] == ("studio",):
            await _studio_says(stage, studio, *exchange.deed[1:])
        elif exchange.deed:
            await _do(stage, tokens, *(filled(word, names) for word in exchange.deed))
        else:
            assert await _differences(stage, exchange, names) == [], where


async def _differences(stage: Stage, exchange: Exchange, names: dict[str, str]) -> list[str]:
    headers = {name.replace("-", "_"): value for name, value in exchange.request_headers.items()}
    agent = getattr(stage, headers.pop("Agent", "one"))
    body = filled(exchange.body, names).encode()
    response = await stage.post(exchange.target, body, agent=agent, **headers)
    found = differences(exact_json(filled(exchange.answer, names)), exact_json(response.content), names=names)
    if response.status_code != exchange.status:
        found.append(f"status {response.status_code}: {response.text}")
    for name, value in exchange.answer_headers.items():
        if response.headers.get(name) != value:
            found.append(f"{name}: {response.headers.get(name)}")
    return found


async def _studio_says(stage: Stage, studio: StudioPeer, command: str, *answer: str) -> None:
    """What the callback URL of `pg` answers from now on; nothing: that it has no such command."""
    await stage.sql("UPDATE provider SET callback_url = $1 WHERE operator_id = 'hubatpg'", studio.url)
    studio.answers.pop(command, None)
    if answer:
        studio.answers[command] = " ".join(answer)


async def _do(stage: Stage, tokens: list[str], what: str, *words: str) -> None:
    if what == "block":
        await stage.owner.execute("UPDATE player SET blocked = true WHERE agent_id = 1 AND username = $1", *words)
    elif what == "offers":
        await stage.sql("UPDATE game SET has_free_round = true, has_free_chip = true WHERE code = $1", *words)
    elif what == "terms":
        await stage.sql(
            "UPDATE agent_provider SET share = $1::text::numeric, commission_rate = $2::text::numeric,"
            " contribution_rate = $3::text::numeric WHERE agent_id = 1",
            *words,
        )
    elif what == "at":
        instant = datetime.fromisoformat(words[0])
        stage.hub.engine._clock = lambda: instant
    elif what == "rename":
        await stage.sql("UPDATE provider SET code = $2 WHERE code = $1", *words)
    elif what == "launch":
        tokens.append(await stage.launched(*words))
    elif what == "cancel":
        await stage.play("cancel", tokens[-1], 0, words[0], "")
    elif what.startswith("free-"):
        amount, tx_id, round_id, code = words
        free = {"reason": "PROMO-FREESPIN", "campaign_code": code}
        await stage.play(what.removeprefix("free-"), tokens[-1], int(Decimal(amount) * 100), tx_id, round_id, **free)
    else:
        amount, tx_id, round_id = words
        await stage.play(what, tokens[-1], int(Decimal(amount) * 100), tx_id, round_id)


def test_every_example_has_exchanges() -> None:
    assert len(FILES) >= 18
    for path in FILES:
        exchanges = read_example(path)
        assert exchanges, path
        assert all(exchange.deed or (exchange.status and exchange.answer.strip()) for exchange in exchanges), path


@pytest.mark.parametrize(("version", "calls"), [("v1.3", V13), ("v1.6", V16)])
def test_every_call_of_a_version_has_an_example_in_which_it_succeeds(version: str, calls: list[str]) -> None:
    shown = {exchange.target for path in FILES for exchange in read_example(path) if '"ok": true' in exchange.answer}
    assert {f"{version}/{call}" for call in calls} - shown == set()
