"""Launch by URL for a seamless agent: who is asked, what is made, and what is refused without a trace."""

import asyncio
import re

import asyncpg
import httpx
import pytest
from structlog.testing import capture_logs
from test_launch_examples import REFERENCE, check_page

from scripted_operator import Say, signed, status_code
from seamless_casino import TOKEN, Casino
from signed_http import http, sha1

OTHER_TOKEN = "eqkB1WoKQCvjrvV6taJRN"


async def made(casino: Casino) -> tuple[int, int, int]:
    """How many players, sessions and players' wallets there are."""
    wallets = [wallet for wallet in await casino.rows("wallet", "id") if wallet["player_id"]]
    return len(await casino.players()), len(await casino.sessions()), len(wallets)


async def refused(casino: Casino, response: httpx.Response, status: int) -> None:
    assert response.status_code == status, response.text
    check_page(response)
    assert REFERENCE.search(response.text)
    assert await made(casino) == (0, 0, 0)


async def test_the_operator_is_asked_and_the_studio_opens(casino: Casino) -> None:
    sea = casino.stage.sea
    studio = await casino.launched(device="mobile", deposit_url="https://casino.example/pay")
    [asked] = casino.asked()
    assert asked.headers["x-authorization"] == sha1("authenticate", sea.secret_key)
    assert asked.headers["x-operator-id"] == "casinosea"
    assert asked.said["data"] == {"token": TOKEN}
    assert asked.said["hash"] == sha1("authenticate", asked.said["request_timestamp"], sea.secret_key)
    # The studio gets a token of the hub's, never the operator's.
    assert re.fullmatch("seaaa[a-z0-9]{35}", studio.pop("token"))
    assert studio == {
        "btt": "1", "mode": "real", "game_id": "126", "currency": "EUR", "language": "en-US", "operator_id": "hubatpg",
        "home_url": "https://casino.example/", "deposit_url": "https://casino.example/pay", "device": "mobile",
    }  # fmt: skip


async def test_player_wallet_and_session_are_made(casino: Casino) -> None:
    token = (await casino.launched())["token"]
    [player], [session] = await casino.players(), await casino.sessions()
    [wallet] = [wallet for wallet in await casino.rows("wallet", "id") if wallet["player_id"]]
    assert re.fullmatch("seaaa[a-z0-9]{11}", player["player_id"])
    assert (player["operator_user_id"], player["username"], player["display_name"]) == ("25343", "johndoe", "John Doe")
    assert (player["country"], player["currency"], player["blocked"]) == ("DE", "EUR", False)
    assert (wallet["user_in_game"], wallet["balance"], wallet["version"]) == (f"{player['player_id']}-EUR", 0, 0)
    assert (session["token"], session["operator_token"]) == (token, TOKEN)
    assert (session["player_id"], session["wallet_id"]) == (player["player_id"], wallet["id"])
    assert (session["currency"], session["ended_at"], session["language"]) == ("EUR", None, "en-US")


async def test_the_same_url_again_resumes_the_same_session(casino: Casino) -> None:
    first = await casino.launched()
    assert await casino.launched() == first
    assert await made(casino) == (1, 1, 1)
    # It is asked each time: a token that its operator has ended opens nothing.
    assert len(casino.asked()) == 2
    casino.refuses("authenticate", "OP_21")
    assert (await casino.launch()).status_code == 403


async def test_another_token_is_another_session_of_the_same_player(casino: Casino) -> None:
    first, second = await casino.launched(), await casino.launched(token=OTHER_TOKEN)
    assert first["token"] != second["token"]
    assert await made(casino) == (1, 2, 1)
    assert [session["ended_at"] for session in await casino.sessions()] == [None, None]


async def test_one_game_per_token(casino: Casino) -> None:
    await casino.launched()
    games = casino.stage.hub.live.current.games_by_code
    for other in (
        {"game_id": games["pg_00002"].id}, {"game_id": games["evolution_00001"].id}, {"lobby_id": "pg"}, {"currency": "THB"},
    ):  # fmt: skip
        response = await casino.launch(**other)
        assert response.status_code == 403, other
        check_page(response)
    assert await made(casino) == (1, 1, 1)


async def test_user_ids_that_are_taken(casino: Casino) -> None:
    """A text of up to 70 characters, or a number as its digits."""
    for place, user_id in enumerate((25343, "x" * 70, "ü 1", 0)):
        casino.says(user_id=user_id)
        await casino.launched(token=f"{TOKEN}{place}")
    assert {player["operator_user_id"] for player in await casino.players()} == {"25343", "x" * 70, "ü 1", "0"}


async def test_user_ids_that_cannot_be(casino: Casino) -> None:
    for user_id in ("x" * 71, "", None, "a|b", "a\0b", True, ["1"], 1.5, 10**70):
        casino.says(user_id=user_id)
        await refused(casino, await casino.launch(), 502)
    # No JSON can hold half a character.
    casino.says(user_id="\ud800")
    await refused(casino, await casino.launch(), 504)


async def test_a_name_that_is_no_username_gets_a_made_up_one(casino: Casino) -> None:
    """What the game's table shows is the operator's name all the same, where it can be shown."""
    names = ("abc", "john_doe", "John", "x" * 31, "Ünal", "johndoe\n", None, "\0", 7)
    for place, name in enumerate(names):
        casino.says(user_id=place, user_name=name, display_name=None)
        await casino.launched(token=f"{TOKEN}{place}")
    players = {player["operator_user_id"]: player for player in await casino.players()}
    for place, name in enumerate(names):
        player = players[str(place)]
        assert re.fullmatch("[a-z0-9]{4,30}", player["username"]) and player["username"] != name
        assert player["display_name"] == (name if isinstance(name, str) and name.isprintable() else None)


async def test_a_name_that_is_taken_gets_a_made_up_one(casino: Casino) -> None:
    await casino.stage.player("johndoe", casino.stage.sea)
    await casino.launched()
    by_name = {player["username"]: player for player in await casino.players()}
    assert len(by_name) == 2
    assert by_name.pop("johndoe")["operator_user_id"] is None
    [(_, player)] = by_name.items()
    assert player["operator_user_id"] == "25343"


async def test_a_player_that_create_player_made_is_known_by_its_name(casino: Casino) -> None:
    await casino.stage.player("demo01", casino.stage.sea)
    casino.says(user_id="demo01", user_name="demo01", display_name=None)
    await casino.launched()
    [player] = await casino.players()
    assert (player["username"], player["operator_user_id"], player["display_name"]) == ("demo01", "demo01", None)


async def test_another_user_id_for_the_same_token_is_refused(casino: Casino) -> None:
    await casino.launched()
    before = await casino.players()
    casino.says(user_id="25344", user_name="jane")
    response = await casino.launch()
    assert response.status_code == 403
    check_page(response)
    assert REFERENCE.search(response.text)
    assert await casino.players() == before
    assert await made(casino) == (1, 1, 1)


async def test_what_the_operator_refuses_leaves_nothing(casino: Casino) -> None:
    verdicts = dict.fromkeys(("OP_21", "OP_22", "OP_30", "OP_33", "OP_34"), 403)
    troubles = dict.fromkeys(("OP_20", "OP_41", "OP_47", "OP_50", "OP_99", "nonsense"), 502)
    for code, status in (verdicts | troubles).items():
        casino.refuses("authenticate", code)
        with capture_logs() as logs:
            response = await casino.launch()
        await refused(casino, response, status)
        told = REFERENCE.search(response.text)
        [entry] = [entry for entry in logs if entry["event"] == "launch_refused"]
        assert told is not None and entry["reference"] == told[1] and code in entry["reason"]
        assert code not in response.text and TOKEN not in repr(logs)


async def test_an_operator_that_cannot_be_understood_leaves_nothing(casino: Casino) -> None:
    john = '{"user_id": "1", "user_name": "johndoe", "balance": 1, "currency_code": "EUR"}'
    answers: list[Say] = [
        status_code(500),
        status_code(403, b"Access denied"),
        lambda asked: http(b"", "302 Found", "Location: http://127.0.0.1:1/"),
        lambda asked: http(b"no json"),
        lambda asked: http(b"{}"),
        lambda asked: signed(asked, "OK", john, "wrong secret"),
    ]
    for answer in answers:
        await casino.answers_once()
        casino.wallet.says("authenticate", answer)
        await refused(casino, await casino.launch(), 504)


async def test_an_operator_that_is_not_asked_any_more_leaves_nothing(casino: Casino) -> None:
    casino.wallet.says("authenticate", status_code(500))
    statuses = [(await casino.launch()).status_code for _ in range(20)]
    assert set(statuses) == {504, 503} and statuses == sorted(statuses, reverse=True)
    assert len(casino.asked()) == statuses.count(504)
    await refused(casino, await casino.launch(), 503)


async def test_an_operator_that_is_away_leaves_nothing(casino: Casino) -> None:
    await casino.stage.sql(
        "UPDATE agent SET wallet_url = 'http://127.0.0.1:9/' WHERE id = $1", casino.stage.sea.agent_id
    )
    await refused(casino, await casino.launch(), 504)


async def test_the_currency_must_be_the_players(casino: Casino) -> None:
    casino.says(currency_code="THB")
    await refused(casino, await casino.launch(), 403)
    casino.says(currency_code=None)
    await refused(casino, await casino.launch(), 502)
    casino.says(currency_code="USD")
    await refused(casino, await casino.launch(currency="USD"), 403)


async def test_countries_are_mapped_and_prohibited_ones_refused(casino: Casino) -> None:
    game = casino.stage.hub.live.current.games_by_code["evolution_00001"].id
    for said in ("Australia", "AU", "aus"):
        casino.says(user_country=said)
        await refused(casino, await casino.launch(game_id=game), 403)
    for place, (said, code) in enumerate((("Germany", "DE"), ("GBR", "GB"), ("Atlantis", ""))):
        casino.says(user_country=said, user_id=said)
        await casino.launched(game_id=game, token=f"{TOKEN}{place}")
        assert {player["operator_user_id"]: player["country"] for player in await casino.players()}[said] == code
    # No country at all: the agent's own counts.
    await casino.stage.sql("UPDATE agent SET default_country = 'CU'")
    casino.says(user_country=None, user_id="nowhere")
    assert (await casino.launch(game_id=game, token=OTHER_TOKEN)).status_code == 403


async def test_a_country_the_game_alone_prohibits(casino: Casino) -> None:
    casino.says(user_country="Taiwan")
    games = casino.stage.hub.live.current.games_by_code
    await refused(casino, await casino.launch(game_id=games["pg_00002"].id), 403)
    assert (await casino.launch()).status_code == 302


async def test_what_cannot_be_is_refused_unasked(casino: Casino) -> None:
    wrong: list[tuple[dict[str, object], int]] = [
        ({"game_id": None}, 400), ({"currency": None}, 400), ({"token": None}, 400), ({"token": "short"}, 400),
        ({"game_id": 999999}, 404), ({"game_id": None, "lobby_id": "nobody"}, 404), ({"home_url": "javascript:x"}, 400),
        ({"currency": "XXQ"}, 403), ({"operator_id": "nobody"}, 403), ({"device": "watch"}, 400),
    ]  # fmt: skip
    for changes, status in wrong:
        await refused(casino, await casino.launch(**changes), status)
    assert casino.asked() == []


async def test_what_is_switched_off_is_refused_unasked(casino: Casino) -> None:
    for off, on in (
        ("UPDATE agent SET active = false", "UPDATE agent SET active = true"),
        ("UPDATE game SET active = false", "UPDATE game SET active = true"),
        ("UPDATE provider SET active = false", "UPDATE provider SET active = true"),
        ("UPDATE agent_provider SET active = false", "UPDATE agent_provider SET active = true"),
        (f"INSERT INTO agent_game_off SELECT {casino.stage.sea.agent_id}, id FROM game", "DELETE FROM agent_game_off"),
    ):
        await casino.stage.sql(off)
        await refused(casino, await casino.launch(), 404)
        await casino.stage.sql(on)
    assert casino.asked() == []


async def test_a_lobby_wins_over_a_game(casino: Casino) -> None:
    studio = await casino.launched(lobby_id="pg")
    assert studio["lobby_id"] == "pg" and "game_id" not in studio
    [session] = await casino.sessions()
    assert (session["lobby_id"], session["game_id"]) == ("pg", None)
    assert await casino.launched(lobby_id="pg", game_id=None) == studio
    assert (await casino.launch()).status_code == 403


async def test_an_ended_session_does_not_open_again(casino: Casino) -> None:
    await casino.launched()
    await casino.stage.owner.execute("UPDATE session SET ended_at = now(), end_reason = 'support'")
    assert (await casino.launch()).status_code == 403
    await casino.stage.owner.execute("UPDATE session SET ended_at = NULL, expires_at = now() - interval '1 second'")
    assert (await casino.launch()).status_code == 403
    assert await made(casino) == (1, 1, 1)


async def test_a_blocked_player_does_not_enter(casino: Casino) -> None:
    await casino.launched()
    await casino.stage.owner.execute("UPDATE player SET blocked = true")
    assert (await casino.launch()).status_code == 403
    assert (await casino.launch(token=OTHER_TOKEN)).status_code == 403
    assert await made(casino) == (1, 1, 1)


async def test_one_session_at_a_time_where_the_agent_wants_it(casino: Casino) -> None:
    await casino.stage.sql("UPDATE agent SET one_session = true")
    first = (await casino.launched())["token"]
    second = (await casino.launched(token=OTHER_TOKEN))["token"]
    assert [session["token"] for session in await casino.sessions() if session["ended_at"] is None] == [second]
    # The open game is told, and the old link is over.
    [push] = await casino.rows("push", "subject")
    assert (push["kind"], push["subject"]) == ("endsession", first)
    assert (await casino.launch()).status_code == 403
    # The link of now resumes what it started, and ends nothing.
    assert (await casino.launched(token=OTHER_TOKEN))["token"] == second


@pytest.mark.parametrize("one_session", [False, True])
async def test_the_same_url_twenty_times_at_once(casino: Casino, one_session: bool) -> None:
    await casino.stage.sql("UPDATE agent SET one_session = $1", one_session)
    studios = await asyncio.gather(*(casino.launched() for _ in range(20)))
    assert all(studio == studios[0] for studio in studios)
    assert await made(casino) == (1, 1, 1)
    [session] = await casino.sessions()
    assert session["ended_at"] is None


async def test_twenty_tokens_of_one_player_at_once(casino: Casino) -> None:
    await asyncio.gather(*(casino.launched(token=f"{OTHER_TOKEN}{n}") for n in range(20)))
    assert await made(casino) == (1, 20, 1)


async def test_a_token_that_is_two_players_at_once_is_one_of_them(casino: Casino) -> None:
    """The other launch leaves nothing, though it had made its player already when it lost."""
    holder = await asyncpg.connect(casino.stage.hub.settings.database_url)
    try:
        held = holder.transaction()
        await held.start()
        # Both have made a player, and wait here for their wallet.
        await holder.execute("LOCK TABLE wallet IN EXCLUSIVE MODE")
        launches = []
        for number in (1, 2):
            casino.says(user_id=str(number), user_name=f"user{number:04}")
            launches.append(asyncio.create_task(casino.launch()))
            await waiting(holder, number)
        await held.commit()
        responses = await asyncio.gather(*launches)
    finally:
        await holder.close()
    assert sorted(response.status_code for response in responses) == [302, 403]
    assert await made(casino) == (1, 1, 1)


async def waiting(connection: asyncpg.Connection, number: int) -> None:
    """Until so many transactions wait for a lock."""
    async with asyncio.timeout(20):
        while (
            await connection.fetchval(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'wallet'::regclass"
            )
            < number
        ):
            await asyncio.sleep(0.01)


async def test_no_transaction_is_open_while_the_operator_is_asked(casino: Casino) -> None:
    casino.wallet.gate.clear()
    launching = asyncio.create_task(casino.launched())
    async with asyncio.timeout(20):
        while not casino.asked():
            await asyncio.sleep(0.005)
    # What else goes on in the database is over in a moment; a transaction around the call would last as long as the call.
    async with asyncio.timeout(5):
        while await casino.stage.owner.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        ):
            await asyncio.sleep(0.005)
    assert not launching.done()
    casino.wallet.gate.set()
    await launching


async def test_another_agents_session_is_not_shown_to_this_agents_wallet(casino: Casino) -> None:
    stage = casino.stage
    await stage.player("transfer01", agent=stage.one)
    token = await stage.launched("transfer01", "EUR", agent=stage.one)
    response = await casino.launch(token=token)
    assert response.status_code == 403
    assert casino.asked() == []
