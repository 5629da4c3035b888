"""What a wallet is asked, and what comes of each way it may answer."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import pytest
from client_stage import BET, WIN, Stage, agent_at, stage_at
from structlog.testing import capture_logs

from pitboss.domain.outbound import PUBLIC_ONLY, Reach
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown, NotSent
from signed_http import Asked, envelope, http, refusal, sha1
from wallet_peer import SECRET, Answering, WalletPeer, telling, then_reset, then_silent, wallet_peer, writing


@pytest.fixture
async def peer() -> AsyncIterator[WalletPeer]:
    async with wallet_peer() as peer:
        yield peer


@pytest.fixture
async def stage(peer: WalletPeer) -> AsyncIterator[Stage]:
    async with stage_at(agent_at(peer.url, timeout_ms=1_000, connect_timeout_ms=500), failures_to_open=1_000) as stage:
        yield stage


async def test_a_question_goes_out_signed_with_its_data_untouched(peer: WalletPeer, stage: Stage) -> None:
    assert await stage.ask() == Agreed({"balance": Decimal("327.19"), "currency_code": "EUR"})
    [asked] = peer.seen
    assert (asked.method, asked.path) == ("POST", "/casino/wallet/changebalance")
    assert asked.headers["x-authorization"] == sha1("changebalance", SECRET)
    assert asked.headers["x-operator-id"] == asked.headers["x-tt-operator-id"] == "casinosea"
    assert asked.headers["content-type"] == "application/json; charset=utf-8"
    assert asked.body == (
        b'{"command":"changebalance","request_timestamp":"2026-03-01 12:00:05","hash":"'
        + sha1("changebalance", "2026-03-01 12:00:05", SECRET).encode()
        + b'","data":' + BET.encode() + b"}"
    )  # fmt: skip
    assert stage.errors.noted == []


async def test_connections_are_used_again(peer: WalletPeer, stage: Stage) -> None:
    for _ in range(3):
        assert isinstance(await stage.ask(), Agreed)
    assert len(peer.seen) == 3 and peer.connections == 1


@pytest.mark.parametrize(
    ("data", "balance"),
    [
        ('{"balance": 327.19}', "327.19"), ('{"balance": 0.1}', "0.1"), ('{"balance": 5}', "5"), ('{"balance": "3.1"}', "3.1"),
        ('{"balance": "5"}', "5"), ('{"balance": -3.5}', "-3.5"), ('{"balance": 1E+2}', "100"),
        ('{"balance": 90071992547409931234.01}', "90071992547409931234.01"), ('{"balance": null}', None), ("{}", None),
        ("[]", None), ("null", None), ('{"balance": true}', None), ('{"balance": "1e5"}', None), ('{"balance": "NaN"}', None),
        ('{"balance": "12 EUR"}', None), ('{"balance": 1e999999}', None), ('{"balance": {}}', None),
    ],
)  # fmt: skip
async def test_a_balance_is_exact_however_it_is_written(
    peer: WalletPeer, stage: Stage, data: str, balance: str | None
) -> None:
    peer.answer = telling(lambda asked: envelope(asked, data))
    agreed = await stage.ask("balance")
    assert isinstance(agreed, Agreed)
    assert agreed.balance == (None if balance is None else Decimal(balance))


async def test_an_identity_may_have_a_number_for_its_id(peer: WalletPeer, stage: Stage) -> None:
    data = '{"user_id": 25343, "user_name": "john_doe", "balance": "420.76", "currency_code": "EUR", "vip": {"level": 2.50}}'
    peer.answer = telling(lambda asked: envelope(asked, data))
    agreed = await stage.ask("authenticate", '{"token":"launchtoken0123456789abc"}')
    assert agreed == Agreed({
        "user_id": "25343", "user_name": "john_doe", "balance": Decimal("420.76"), "currency_code": "EUR",
        "vip": {"level": Decimal("2.50")},
    })  # fmt: skip


TOLERATED: dict[str, Callable[[Asked], bytes]] = {
    "no echo": lambda asked: envelope(asked, echo=None),
    "an echo of null": lambda asked: envelope(asked, echo=b"null"),
    "another echo": lambda asked: envelope(asked, echo=b'{"command": "balance"}'),
    "an echo in another order": lambda asked: envelope(asked, echo=json.dumps(asked.said).encode()),
    "a clock seven hours ahead": lambda asked: envelope(asked, hours_off=7),
    "a clock years behind": lambda asked: envelope(asked, hours_off=-24 * 800),
    "members nobody knows": lambda asked: envelope(asked)[:-1] + b', "debug": {"ms": 3.25, "list": [1, 2]}}',
    "spaces around": lambda asked: b" \r\n" + envelope(asked) + b"\n",
    "an integer of many digits": lambda asked: envelope(
        asked, '{"balance": 327.19, "currency_code": "EUR", "n": ' + "9" * 400 + "}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLERATED)
async def test_tolerated(peer: WalletPeer, stage: Stage, name: str) -> None:
    peer.answer = telling(TOLERATED[name])
    agreed = await stage.ask()
    assert isinstance(agreed, Agreed) and agreed.balance == Decimal("327.19") and agreed.currency == "EUR"
    assert stage.errors.noted == []


@pytest.mark.parametrize("body", [b"PONG", b"", b"<html>fine</html>", b'"pong"'])
async def test_a_ping_may_answer_anything(peer: WalletPeer, stage: Stage, body: bytes) -> None:
    peer.answer = telling(lambda asked: body)
    assert await stage.ask("ping", "{}") == Agreed({})
    assert (peer.seen[0].method, peer.seen[0].path, peer.seen[0].body) == ("GET", "/casino/wallet/ping", b"")
    peer.answer = writing(http(b"PONG", "503 Away"))
    assert await stage.ask("ping", "{}") == NotKnown("HTTP 503")


OK = (
    b'"response":{"status":"OK","response_timestamp":"T","hash":"%b","data":{"balance":1}}'
    % sha1("OK", "T", SECRET).encode()
)
NOT_KNOWN: dict[str, Answering] = {
    "no answer in time": then_silent(),
    "silence after the headers": then_silent(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"),
    "silence within the body": then_silent(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"request'),
    "a reset before anything": then_reset(),
    "a reset within the answer": then_reset(b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"request'),
    "no HTTP": writing(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "a hash of another secret": telling(lambda asked: envelope(asked, secret="another")),
    "a hash of another status": telling(lambda asked: envelope(asked, signed=sha1("ERROR", "2026-03-01 12:00:05", SECRET))),
    "the request's hash": telling(lambda asked: envelope(asked, signed=asked.said["hash"])),
    "an empty hash": telling(lambda asked: envelope(asked, signed="")),
    "a hash that is no ASCII": telling(lambda asked: envelope(asked, signed="é" * 20)),
    "500 with the protocol's JSON": writing(http(b"{" + OK + b"}", "500 Internal Server Error")),
    "500 without a body": writing(http(b"", "500 Internal Server Error")),
    "403": writing(http(b"Access denied", "403 Forbidden")),
    "201 with the protocol's JSON": writing(http(b"{" + OK + b"}", "201 Created")),
    "a huge body": telling(lambda asked: envelope(asked, '{"balance": 1, "x": "' + "x" * (2 << 20) + '"}')),
    "no JSON": telling(lambda asked: b"<html>OK</html>"),
    "nothing": telling(lambda asked: b""),
    "a list": telling(lambda asked: b"[]"),
    "no response": telling(lambda asked: b'{"request": null}'),
    "NaN": telling(lambda asked: envelope(asked, '{"balance": NaN}')),
    "Infinity": telling(lambda asked: envelope(asked, '{"balance": -Infinity}')),
    "a number no Decimal holds": telling(lambda asked: envelope(asked, '{"balance": 1e99999999999999999999}')),
    "a member twice": telling(lambda asked: envelope(asked, '{"balance": 1, "balance": 2}')),
    "a response twice": telling(lambda asked: b"{" + OK + b"," + OK + b"}"),
    "half a surrogate": telling(lambda asked: envelope(asked, r'{"balance": 1, "name": "\ud800"}')),
    "broken UTF-8": telling(lambda asked: envelope(asked).replace(b"EUR", b"\xff\xfe\xfd")),
    "nested without end": telling(lambda asked: envelope(asked, "[" * 100_000 + "]" * 100_000)),
    "a status in lower case": telling(lambda asked: envelope(asked, status="ok")),
    "a status nobody knows": telling(lambda asked: envelope(asked, status="MAYBE")),
    "data that is a string": telling(lambda asked: envelope(asked, '"OK"')),
    "an error without a code": telling(lambda asked: envelope(asked, '{"error_message": "x"}', "ERROR")),
    "an error with a code of control characters": telling(lambda asked: envelope(asked, r'{"error_code": "OP\n\u0000"}', "ERROR")),
    "a timestamp that is a number": telling(
        lambda asked: OK.join((b"{", b"}")).replace(b'"T"', b"7").replace(*(sha1("OK", t, SECRET).encode() for t in "T7"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_KNOWN)
async def test_not_known(peer: WalletPeer, stage: Stage, name: str) -> None:
    peer.answer = NOT_KNOWN[name]
    answer = await stage.ask()
    assert isinstance(answer, NotKnown), answer
    # One attempt: the wallet may have booked, and asking again is not this client's to decide.
    assert len(peer.seen) == 1
    [(agent_id, failed)] = stage.errors.noted
    assert (agent_id, failed.direction, failed.command, failed.reference) == (3, "out", "changebalance", "tx-1")
    assert failed.error == answer.why and failed.request == peer.seen[0].body


async def test_a_redirect_is_not_followed(peer: WalletPeer, stage: Stage) -> None:
    async with wallet_peer() as elsewhere:
        peer.answer = writing(http(b"", "307 Temporary Redirect", f"Location: {elsewhere.url}/changebalance"))
        assert await stage.ask() == NotKnown("HTTP 307", 307)
        assert elsewhere.connections == 0


async def test_nobody_there(stage: Stage) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        stage.agents[3] = agent_at(f"http://127.0.0.1:{free.getsockname()[1]}/wallet")
    assert await stage.ask() == NotKnown("no connection")


async def test_a_connection_that_is_not_taken_is_given_up_after_its_own_time(stage: Stage) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        crowd = [await asyncio.to_thread(_connect, address) for _ in range(4)]
        stage.agents[3] = agent_at(f"http://127.0.0.1:{address[1]}/wallet", connect_timeout_ms=200)
        assert await stage.ask() == NotKnown("no connection in time")
        for one in crowd:
            one.close()


def _connect(address: tuple[str, int]) -> socket.socket:
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(address)
    return one


async def test_answers_are_given_up_after_the_agents_time(peer: WalletPeer, stage: Stage) -> None:
    peer.answer = then_silent()
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await stage.ask() == NotKnown("no answer in time")
    # Not before its time, and not after the default's ten seconds.
    assert 0.9 < loop.time() - began < 9


@pytest.mark.parametrize("trickle", [b"HTTP/1.1 200 OK\r\nX: y\r\n", b""])
async def test_who_trickles_is_given_up_as_well(peer: WalletPeer, stage: Stage, trickle: bytes) -> None:
    async def answer(peer: WalletPeer, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(trickle or b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not peer.ended.is_set() and not writer.is_closing():
            writer.write(b"X-More: 1\r\n" if trickle else b" ")
            await asyncio.sleep(0.05)

    peer.answer = answer
    assert await stage.ask() == NotKnown("no answer in time")


@pytest.mark.parametrize("code", ["OP_21", "OP_31", "OP_35", "OP_40", "OP_49"])
async def test_a_refused_bet_is_an_answer(peer: WalletPeer, stage: Stage, code: str) -> None:
    peer.answer = telling(lambda asked: refusal(asked, code, "Insufficient\nfunds"))
    assert await stage.ask() == Declined(code, "Insufficient funds")
    assert stage.errors.noted == []


@pytest.mark.parametrize(
    ("command", "data", "code", "failure"),
    [
        ("changebalance", BET, "OP_20", True), ("changebalance", BET, "OP_41", True), ("changebalance", BET, "OP_47", True),
        ("changebalance", BET, "OP_50", True), ("changebalance", BET, "OP_99", True), ("changebalance", BET, "NO-IDEA", True),
        ("changebalance", WIN, "OP_31", True), ("changebalance", WIN, "OP_49", True), ("authenticate", "{}", "OP_21", False),
        ("authenticate", "{}", "OP_50", True), ("cancel", "{}", "OP_41", False), ("cancel", "{}", "OP_49", True),
        ("status", "{}", "OP_41", False), ("finishround", "{}", "OP_41", False), ("balance", "{}", "OP_34", False),
        ("balance", "{}", "OP_31", True),
    ],
)  # fmt: skip
async def test_other_refusals_are_failures_for_the_log(
    peer: WalletPeer, stage: Stage, command: str, data: str, code: str, failure: bool
) -> None:
    peer.answer = telling(lambda asked: refusal(asked, code))
    assert await stage.ask(command, data) == Declined(code, "No")
    assert [failed.error for _, failed in stage.errors.noted] == [code] * failure


async def test_an_echo_is_told_once_and_only_where_that_is_wanted(peer: WalletPeer, stage: Stage) -> None:
    def told(logs: list[dict[str, object]]) -> list[object]:
        return [line["event"] for line in logs if str(line["event"]).startswith("operator_echo")]

    with capture_logs() as logs:
        for name in ("no echo", "another echo", "no echo", "an echo in another order"):
            peer.answer = telling(TOLERATED[name])
            await stage.ask()
    assert told(logs) == ["operator_echo_missing", "operator_echo_differs"]  # type: ignore[arg-type]
    stage.agents[3] = agent_at(peer.url, echo=False)
    peer.answer = telling(TOLERATED["another echo"])
    with capture_logs() as logs:
        await stage.ask("balance")
    assert told(logs) == []  # type: ignore[arg-type]


async def test_cookies_are_not_taken(peer: WalletPeer, stage: Stage) -> None:
    async def answer(peer: WalletPeer, asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(http(envelope(asked), "200 OK", "Set-Cookie: stick=1; Path=/"))

    peer.answer = answer
    await stage.ask()
    await stage.ask()
    assert "cookie" not in peer.seen[1].headers


async def test_agents_without_a_wallet_are_not_asked(stage: Stage) -> None:
    assert isinstance(await stage.ask(agent_id=77), NotSent)
    stage.agents[3] = agent_at(None)
    assert isinstance(await stage.ask(), NotSent)


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("http://169.254.169.254/latest", Reach(private=True, loopback=True)), ("http://127.0.0.1:1/wallet", PUBLIC_ONLY),
        ("ftp://127.0.0.1/wallet", Reach(private=True, loopback=True)),
    ],
)  # fmt: skip
async def test_addresses_that_may_not_be_called_are_not(url: str, reach: Reach) -> None:
    async with stage_at(agent_at(url), reach=reach) as stage:
        assert isinstance(await stage.ask(), NotSent)


async def test_a_name_that_leads_inside_gets_no_connection(peer: WalletPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    port = int(peer.url.split(":")[2].split("/")[0])

    async def inside(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(loop, "getaddrinfo", inside)
    async with stage_at(agent_at(f"http://casino.example:{port}/wallet"), reach=Reach(False, True)) as stage:
        assert await stage.ask() == NotKnown("no connection")
    assert peer.connections == 0
