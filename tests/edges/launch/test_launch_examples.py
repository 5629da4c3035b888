"""Every hand-written launch of wire_examples/launch, against a hub; and what its pages may never do."""

import asyncio
import re
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from agent_stage import Stage
from seamless_casino import Casino
from wire_example import EXAMPLES, read_example

FILES = sorted((EXAMPLES / "launch").glob("*.txt"))
GAME = re.compile(r"\{game:(\w+)\}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_example(path: Path, stage: Stage, casino: Casino) -> None:
    token = hub_token = ""
    for exchange in read_example(path):
        match exchange.deed:
            case ("player", name):
                await stage.player(name)
            case ("launch", name, currency):
                token = await stage.launched(name, currency)
            case ("block", name):
                await stage.owner.execute("UPDATE player SET blocked = true WHERE username = $1", name)
            case ("operator", command, answer):
                if answer.startswith("OP_"):
                    casino.refuses(command, answer)
                else:
                    casino.says(command, answer)
            case ("player", "seamless", user_id, username, country):
                [player] = [row for row in await casino.players() if row["operator_user_id"] == user_id]
                assert fnmatch(player["username"], username) and player["country"] == country
            case _:
                url = _filled(stage, exchange.target.removeprefix("GET "), token)
                response = await stage.http.get(url)
                where = f"{path.name}:{exchange.line}"
                assert response.status_code == exchange.status, f"{where}: {response.text}"
                expected = exchange.answer_headers.get("Location", "").replace("{token}", token)
                given = httpx.URL(response.headers.get("location", "")).params.get("token", "")
                if "{hub-token}" in expected:
                    assert re.fullmatch("seaaa[a-z0-9]{35}", given) and given != hub_token, where
                    hub_token = given
                expected = expected.replace("{hub-token}", hub_token).replace("{hub-token-again}", hub_token)
                assert response.headers.get("location", "") == expected, where
                check_page(response)


def _filled(stage: Stage, url: str, token: str) -> str:
    games = stage.hub.live.current.games_by_code
    return GAME.sub(lambda match: str(games[match[1]].id), url).replace("{token}", token)


def check_page(response: httpx.Response) -> None:
    """A page runs nothing, is kept by nobody, and passes on no address."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "<script" not in response.text
    assert "Traceback" not in response.text


REFERENCE = re.compile(r"Reference number: <code>([0-9a-f]{32})</code>")
HOSTILE = '"><script>alert(1)</script>'


@pytest.mark.parametrize(
    "name",
    ["mode", "token", "game_id", "lobby_id", "currency", "language", "operator_id", "home_url", "deposit_url", "x"],
)
async def test_nothing_of_the_link_is_shown_and_a_reference_is(stage: Stage, name: str) -> None:
    query = {"mode": "real", "token": "2sjcc" + "a" * 35} | {name: HOSTILE}
    with capture_logs() as logs:
        response = await stage.http.get("/", params=query)
    assert 400 <= response.status_code < 500
    check_page(response)
    assert "alert" not in response.text
    reference = REFERENCE.search(response.text)
    assert reference is not None
    assert [entry["reference"] for entry in logs] == [reference[1]]
    assert "2sjccaaaa" not in repr(logs)


async def test_a_failure_inside_is_a_page_too(stage: Stage) -> None:
    await stage.player()
    token = await stage.launched("player0001", "EUR")
    await stage.owner.execute("ALTER TABLE session RENAME TO session_lost")
    response = await stage.http.get("/", params={"mode": "real", "token": token})
    assert response.status_code == 500
    check_page(response)
    assert REFERENCE.search(response.text)
    assert "relation" not in response.text


async def test_a_session_opens_until_it_ends(stage: Stage) -> None:
    await stage.player()
    token = await stage.launched("player0001", "EUR")

    async def opens() -> bool:
        response = await stage.http.get("/", params={"mode": "real", "token": token})
        return response.status_code == 302

    assert await opens()
    await stage.owner.execute("UPDATE session SET expires_at = now() - interval '1 second'")
    assert not await opens()
    await stage.owner.execute("UPDATE session SET expires_at = now() + interval '1 hour'")
    assert await opens()
    await stage.owner.execute("UPDATE session SET ended_at = now(), end_reason = 'support'")
    assert not await opens()


async def test_what_was_switched_off_since_does_not_open(stage: Stage) -> None:
    await stage.player()
    token = await stage.launched("player0001", "EUR")

    async def status() -> int:
        return (await stage.http.get("/", params={"mode": "real", "token": token})).status_code

    assert await status() == 302
    for off, on in (
        ("UPDATE agent SET active = false WHERE id = 1", "UPDATE agent SET active = true"),
        ("UPDATE game SET active = false", "UPDATE game SET active = true"),
        ("UPDATE provider SET active = false", "UPDATE provider SET active = true"),
        ("UPDATE agent_provider SET active = false", "UPDATE agent_provider SET active = true"),
        ("INSERT INTO agent_game_off SELECT 1, id FROM game", "DELETE FROM agent_game_off"),
        ("UPDATE provider SET launch_url = NULL", "UPDATE provider SET launch_url = 'https://m.studio.example/'"),
    ):
        await stage.sql(off)
        assert await status() == 404, off
        await stage.sql(on)
        assert await status() == 302, on
    await stage.sql("UPDATE provider SET prohibited_countries = '{SE}' WHERE code = 'pg'")
    assert await status() == 302
    await stage.sql("UPDATE player SET country = 'SE'")
    assert await status() == 403


async def test_a_session_for_a_lobby(stage: Stage) -> None:
    """A lobby's session has no game: it opens the lobby, or any game of its provider."""
    await stage.player()
    token = await stage.launched("player0001", "EUR")
    await stage.owner.execute("UPDATE session SET game_id = NULL, lobby_id = 'pg'")
    games = stage.hub.live.current.games_by_code
    for query, expected in (
        ({}, "&lobby_id=pg&"),
        ({"game_id": str(games["pg_00002"].id)}, "&game_id=7&"),
        ({"game_id": str(games["evolution_00001"].id)}, None),
    ):
        response = await stage.http.get("/", params={"mode": "real", "token": token, **query})
        assert response.status_code == (404 if expected is None else 302)
        assert expected is None or expected in response.headers["location"]


async def test_one_session_at_a_time_where_the_agent_wants_it(stage: Stage) -> None:
    await stage.player()
    first, second = await stage.launched("player0001", "EUR"), await stage.launched("player0001", "THB")
    assert await live_tokens(stage) == {first, second}
    await stage.sql("UPDATE agent SET one_session = true WHERE id = 1")
    third = await stage.launched("player0001", "EUR")
    assert await live_tokens(stage) == {third}


async def test_of_many_launches_at_once_one_session_remains(stage: Stage) -> None:
    await stage.player()
    await stage.player("player0002")
    bystander = await stage.launched("player0002", "EUR")
    await stage.sql("UPDATE agent SET one_session = true WHERE id = 1")
    tokens = await asyncio.gather(*(stage.launched("player0001", "EUR") for _ in range(20)))
    assert len(set(tokens)) == 20
    assert bystander in await live_tokens(stage)
    assert len(await live_tokens(stage)) == 2


async def live_tokens(stage: Stage) -> set[str]:
    return {row["token"] for row in await stage.owner.fetch("SELECT token FROM session WHERE ended_at IS NULL")}
