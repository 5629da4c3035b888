"""The hub's side of the studio protocol, against a studio over real sockets: what goes out, and how a call may end."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import Raw

from pitboss.domain.catalogue import Game, Provider
from pitboss.domain.money import Currency, Unit
from pitboss.domain.outbound import EVERYWHERE_INSIDE, PUBLIC_ONLY, Reach
from pitboss.providers import Done, Failed, Grant, NotOffered, RoundAsked, listed_bet_values
from pitboss.providers.remote import RemoteConnector, StudioClient
from pitboss.wire.studio import Hand, Pocket, Row
from signed_http import sha1
from studio_peer import SECRET, StudioPeer, signed, studio_peer

NOW = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
IDR, EUR = Currency("IDR", 2), Currency("EUR", 2)
KIDR = Unit("KIDR", IDR, 3)
USER = "2sjccaaaaaaaaaaa-IDR"


def provider_at(url: str | None) -> Provider:
    return Provider(
        id=1, code="acme", name="Acme", operator_id="hub-at-acme", secret=SECRET, launch_url=None, callback_url=url, logo_url="",
        active=True, allowed_ips=(), restricted_countries=(), prohibited_countries=(), units={"KIDR": KIDR},
        units_by_currency={"IDR": KIDR}, bet_limit_sets={},
    )  # fmt: skip


def game(number: int, **bet_values: tuple[str, ...]) -> Game:
    return Game(
        id=number, provider_id=1, provider_game_id=100 + number, code=f"acme_{number}", name="", category="slot", rtp=Decimal(96),
        has_free_round=True, has_free_chip=True, fun_mode=True, devices=(), logo_url="", bet_values=bet_values,
        restricted_countries=(), prohibited_countries=(), active=True, created_at=NOW, default_limits={},
    )  # fmt: skip


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer() as peer:
        yield peer


@pytest.fixture
async def connector() -> AsyncIterator[RemoteConnector]:
    client = StudioClient(EVERYWHERE_INSIDE, lambda: NOW)
    yield RemoteConnector(client)
    await client.close()


async def test_a_command_goes_out_signed_and_in_the_studios_unit(
    studio: StudioPeer, connector: RemoteConnector
) -> None:
    studio.answers["balancechanged"] = "{}"
    outcome = await connector.balance_changed(provider_at(studio.url), USER, IDR, 1_600_50)
    assert outcome == Done(None)
    [command] = studio.seen
    assert command.headers["x-operator-id"] == "hub-at-acme"
    assert command.headers["x-authorization"] == sha1("balancechanged", SECRET)
    # 1600.50 IDR are 1.6005 KIDR; a JSON number with its exact digits.
    assert command.body == (
        b'{"command":"balancechanged","request_timestamp":"2026-03-01 12:00:05","hash":"'
        + sha1("balancechanged", "2026-03-01 12:00:05", SECRET).encode()
        + b'","data":{"user_id":"2sjccaaaaaaaaaaa-IDR","currency_code":"KIDR","balance":1.6005}}'
    )


async def test_ids_go_back_as_the_numbers_they_were(studio: StudioPeer, connector: RemoteConnector) -> None:
    studio.answers["roundlog"] = "{}"
    asked = RoundAsked(USER, IDR, "18446744073709551615", "0017", "350-a1Basdf")
    await connector.round_log(provider_at(studio.url), asked)
    assert studio.seen[0].body.endswith(
        b'"data":{"user_id":"2sjccaaaaaaaaaaa-IDR","round_id":18446744073709551615,"transaction_id":"0017",'
        b'"history_id":"350-a1Basdf"}}'
    )


async def test_connections_are_used_again(studio: StudioPeer, connector: RemoteConnector) -> None:
    studio.answers["endsession"] = "null"
    for _ in range(3):
        assert await connector.end_session(provider_at(studio.url), "t" * 40, "support") == Done(None)
    assert len(studio.seen) == 3
    assert len({command.port for command in studio.seen}) == 1
    assert studio.seen[0].said["data"] == {"token": "t" * 40, "reason": "support"}


async def test_a_round_log_of_every_kind(studio: StudioPeer, connector: RemoteConnector) -> None:
    provider, asked = provider_at(studio.url), RoundAsked(USER, IDR, "1", None, None)
    studio.answers["roundlog"] = (
        '{"type": "json", "log_type": "hand", "game_name": "Punto", "game_result": "Tie", "score": 9.50,'
        ' "hands": [{"title": "Banker", "cards": ["4D", "5S"], "result": "9"}]}'
    )
    done = await connector.round_log(provider, asked)
    assert isinstance(done, Done)
    assert done.answer.hands == (Hand("Banker", ("4D", "5S"), "9"),)
    assert (done.answer.log_type, done.answer.game_name, done.answer.game_result) == ("hand", "Punto", "Tie")
    # What the document does not know goes through untouched, digit by digit.
    assert b'"score":9.50' in bytes(done.answer.document)

    studio.answers["roundlog"] = (
        '{"log_type": "roulette", "pockets": [{"number": 17, "color": "black", "evenOdd": "odd"}]}'
    )
    done = await connector.round_log(provider, asked)
    assert isinstance(done, Done) and done.answer.pockets == (Pocket("17", "black", "odd"),)

    studio.answers["roundlog"] = '{"log_type": "dice", "dices": ["3", 5], "rows": [{"key": "Bet", "value": "0.2"}]}'
    done = await connector.round_log(provider, asked)
    assert isinstance(done, Done) and done.answer.dices == ("3", "5") and done.answer.rows == (Row("Bet", "0.2"),)

    studio.answers["roundlog"] = '{"type": "url", "log_type": "iframe", "url": "https://studio.example/r/1"}'
    done = await connector.round_log(provider, asked)
    assert isinstance(done, Done) and done.answer.page == done.answer.url == "https://studio.example/r/1"


@pytest.mark.parametrize(
    "data",
    [
        '{"log_type": "video"}', '{"type": "pdf"}', '{"type": "url"}', '{"log_type": "iframe"}',
        '{"type": "url", "url": "javascript:alert(1)"}', '{"log_type": "dice", "dices": "3"}', "[]", "7",
        '{"log_type": "hand", "hands": [1]}', '{"log_type": "table", "rows": [{"key": {}}]}',
    ],
)  # fmt: skip
async def test_a_round_log_that_is_none_is_a_failure(studio: StudioPeer, connector: RemoteConnector, data: str) -> None:
    studio.answers["roundlog"] = data
    outcome = await connector.round_log(provider_at(studio.url), RoundAsked(USER, IDR, "1", None, None))
    assert isinstance(outcome, Failed) and outcome.refusal is None


async def test_grants(studio: StudioPeer, connector: RemoteConnector) -> None:
    provider = provider_at(studio.url)
    studio.answers |= {
        "grant": '{"campaign_id": 77}',
        "grantstatus": '{"played": 3, "remaining": 7, "state": "active", "info": {"won": 1.10}}',
        "cancelgrant": '{"played": 3, "remaining": 0, "state": "cancelled"}',
    }
    grant = Grant(
        "FS-1", "free_spins", (USER,), (game(1), game(2)), 10, 2_000_00, IDR, NOW, datetime(2026, 4, 1, tzinfo=UTC)
    )
    assert await connector.grant(provider, grant) == Done("77")
    assert studio.seen[0].body.endswith(
        b'"data":{"campaign_code":"FS-1","kind":"free_spins","user_ids":["2sjccaaaaaaaaaaa-IDR"],"game_ids":[101,102],"count":10,'
        b'"bet_value":2,"currency_code":"KIDR","valid_from":"2026-03-01 12:00:05","valid_to":"2026-04-01 00:00:00"}}'
    )
    status = await connector.grant_status(provider, "FS-1")
    assert isinstance(status, Done)
    assert (status.answer.played, status.answer.remaining, status.answer.state) == (3, 7, "active")
    assert status.answer.info == '{"won":1.10}'
    cancelled = await connector.cancel_grant(provider, "FS-1")
    assert isinstance(cancelled, Done) and (cancelled.answer.remaining, cancelled.answer.info) == (0, "null")
    studio.answers["grantstatus"] = '{"played": -1, "remaining": 7}'
    assert isinstance(await connector.grant_status(provider, "FS-1"), Failed)


async def test_bet_values_are_converted_and_fall_back_to_the_list(
    studio: StudioPeer, connector: RemoteConnector
) -> None:
    studio.answers["betvalues"] = '{"values": ["10", 2.5, "2.5"]}'
    provider = provider_at(studio.url)
    assert await connector.bet_values(provider, [game(1)], IDR) == Done((2_500_00, 10_000_00))
    assert studio.seen[0].said["data"] == {"game_ids": [101], "currency_code": "KIDR"}
    studio.answers["betvalues"] = '["0.000001"]'
    assert isinstance(await connector.bet_values(provider, [game(1)], IDR), Failed)
    del studio.answers["betvalues"]
    assert await connector.bet_values(provider, [game(1)], IDR) == NotOffered()
    games = [game(1, EUR=("0.2", "1", "5")), game(2, EUR=("1", "2", "5"))]
    assert listed_bet_values(games, EUR) == ("1", "5")
    assert listed_bet_values(games, IDR) == listed_bet_values([], EUR) == ()


async def test_a_list_of_games_comes_as_it_is(studio: StudioPeer, connector: RemoteConnector) -> None:
    games = '[{"gameId": 12, "name": "Acme Twelve", "category": "slot", "rtp": 96.210}]'
    for said in (games, f'{{"games": {games}}}'):
        studio.answers["games"] = said
        assert await connector.list_games(provider_at(studio.url)) == Done(games.encode())


NOT_OFFERED = [
    lambda studio: studio.answers.clear(),
    lambda studio: studio.errors.update(endsession="OP_50"),
    lambda studio: studio.raw.update(endsession=(404, {}, b"")),
]


@pytest.mark.parametrize("arrange", NOT_OFFERED)
async def test_not_offered(studio: StudioPeer, connector: RemoteConnector, arrange: object) -> None:
    arrange(studio)  # type: ignore[operator]
    assert await connector.end_session(provider_at(studio.url), "t", "r") == NotOffered()


async def test_without_a_callback_url_nothing_is_offered(connector: RemoteConnector) -> None:
    provider = provider_at(None)
    assert await connector.end_session(provider, "t", "r") == NotOffered()
    assert await connector.list_games(provider) == NotOffered()


FAILURES = {
    "another secret": (200, {}, signed("OK", "{}", "guessed")),
    "a status signed as another": (200, {}, signed("OK", "{}").replace(b'"OK"', b'"ERROR"')),
    "an unknown status": (200, {}, signed("MAYBE", "{}")),
    "no JSON": (200, {}, b"<html>"),
    "no response": (200, {}, b'{"request": null}'),
    "another HTTP status": (500, {}, signed("OK", "{}")),
    "forbidden": (403, {}, b"Access denied"),
    "a redirect": (302, {"Location": "/callback/elsewhere"}, b""),
    "too much": (200, {}, signed("OK", f'"{"x" * (1 << 20)}"')),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_what_cannot_be_trusted_is_a_failure(studio: StudioPeer, connector: RemoteConnector, case: str) -> None:
    studio.answers["elsewhere"] = "{}"
    studio.raw["endsession"] = FAILURES[case]
    outcome = await connector.end_session(provider_at(studio.url), "t", "r")
    assert isinstance(outcome, Failed) and outcome.refusal is None
    assert [asked.command for asked in studio.seen] == ["endsession"]
    assert SECRET not in outcome.reason


async def test_a_refusal_is_told_by_its_code(studio: StudioPeer, connector: RemoteConnector) -> None:
    studio.errors["endsession"] = "OP_21"
    outcome = await connector.end_session(provider_at(studio.url), "t", "r")
    assert isinstance(outcome, Failed) and outcome.refusal == "OP_21"


async def test_a_studio_that_says_nothing_is_given_up(studio: StudioPeer) -> None:
    release = threading.Event()
    studio.before = lambda name: release.wait(20)
    client = StudioClient(EVERYWHERE_INSIDE, lambda: NOW, timeout=0.3)
    try:
        outcome = await RemoteConnector(client).end_session(provider_at(studio.url), "t", "r")
        assert isinstance(outcome, Failed) and outcome.refusal is None
    finally:
        release.set()
        await client.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_studio_beside_the_hub_is_called_by_its_address(studio: StudioPeer, host: str) -> None:
    studio.answers["endsession"] = "{}"
    client = StudioClient(Reach(private=False, loopback=True), lambda: NOW)
    outcome = await RemoteConnector(client).end_session(provider_at(studio.url.replace("127.0.0.1", host)), "t", "r")
    await client.close()
    assert outcome == Done(None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_an_address_that_may_not_be_called_is_not_called(studio: StudioPeer, host: str) -> None:
    studio.answers["endsession"] = "{}"
    client = StudioClient(PUBLIC_ONLY, lambda: NOW)
    outcome = await RemoteConnector(client).end_session(provider_at(studio.url.replace("127.0.0.1", host)), "t", "r")
    await client.close()
    assert isinstance(outcome, Failed)
    assert studio.seen == []


async def test_a_name_that_points_inside_is_found_out_when_it_is_called(
    studio: StudioPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public name may lead anywhere tomorrow: its address is judged at the connection, not when it was entered."""
    real = socket.getaddrinfo
    port = int(studio.url.split(":")[2].split("/")[0])

    def lying(host: str, *rest: object, **more: object) -> object:
        return real("127.0.0.1" if host == "studio.example" else host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    studio.answers["endsession"] = "{}"
    provider = provider_at(f"http://studio.example:{port}/callback")
    # Who may enter this machine's own address (an administrator, for a studio beside the hub) did not enter it here.
    for reach, expected in (
        (PUBLIC_ONLY, Failed),
        (Reach(private=False, loopback=True), Failed),
        (EVERYWHERE_INSIDE, Done),
    ):
        client = StudioClient(reach, lambda: NOW)
        outcome = await RemoteConnector(client).end_session(provider, "t", "r")
        await client.close()
        assert isinstance(outcome, expected), outcome
    assert len(studio.seen) == 1


def test_secrets_show_in_no_repr() -> None:
    provider = replace(provider_at("http://127.0.0.1:1/"), secret="hush")
    assert "hush" not in repr(provider)
    assert "hush" not in repr(Failed("x")) + repr(Raw(b""))
