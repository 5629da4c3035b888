"""Bodies that cannot be meant: told by INVALID_REQUEST that names the field, never by a 5xx, and nothing happens."""

import json
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_stage import Stage, decoded
from pitboss.domain.caller import caller_address, parse_address
from pitboss.domain.money import Currency
from pitboss.edges.agent_api.fields import Fields
from pitboss.wire.agent_api import ApiError, decode_body

EUR, JPY = Currency("EUR", 2), Currency("JPY", 0)

MALFORMED = [
    b"",
    b" ",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"1",
    b"{}{}",
    b"{'username': 'player0001'}",
    b'{"username": "player0001",}',
    b'{"username": "player0001", "username": "player0002"}',
    b'{"username": "player0001", "usern\\u0061me": "player0001"}',
    b'{"username": "player0001", "x": {"y": 1, "y": 2}}',
    b'{"username": "player0001", "x": NaN}',
    b'{"username": "player0001", "x": -Infinity}',
    b'{"username": "player0001", "x": 01}',
    b'{"username": "player0001", "x": "\xff"}',
    b'{"username": "player0001", "x": "\xed\xa0\x80"}',
    b'\xef\xbb\xbf{"username": "player0001"}',
    '{"username": "player0001"}'.encode("utf-16"),
    b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"x": ' + b'{"x":' * 100_000 + b"1" + b"}" * 100_001,
]

DIGITS_31 = "1." + "0" * 30
AMOUNTS = [
    *"-1 +1 0 0.00 1e2 1E2 .5 5. 1,5 1.005 1.0.0 0x10 Infinity NaN 1_000 ٣ １ 99999999999999999999".split(),
    *("1" + "0" * 30, DIGITS_31, " 1", "1 ", "1\n", "1 0", "\u00a01", "\0"),
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_body_that_is_no_object(body: bytes) -> None:
    with pytest.raises(ApiError) as refused:
        decode_body(body)
    assert refused.value.code == "INVALID_REQUEST"
    assert refused.value.message.startswith("body ")


def test_numbers_become_no_floats() -> None:
    body = decode_body(
        b'{"a": 1.50, "b": 1e400, "c": 123456789012345678901234567890, "d": -7, "e": ' + b"9" * 9999 + b"}"
    )
    assert not any(isinstance(value, float) for value in body.values())
    assert (body["a"], body["d"]) == ("1.50", -7)


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        Fields({"amount": text}).amount("amount", EUR)
    assert refused.value.code == "INVALID_REQUEST"
    assert refused.value.message.startswith("amount ")


@pytest.mark.parametrize("value", [1, 1.5, True, None, "", [], {}, ["1"]])
def test_amounts_of_another_type(value: object) -> None:
    members = decode_body(json.dumps({"amount": value}).encode())
    with pytest.raises(ApiError) as refused:
        Fields(members).amount("amount", EUR)
    assert refused.value.message.startswith("amount ")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("100", EUR, 10000),
        ("0.01", EUR, 1),
        ("00.10", EUR, 10),
        ("1.000000", EUR, 100),
        (DIGITS_31[:-1], EUR, 100),
        ("7", JPY, 7),
        ("7.0", JPY, 7),
        ("9999999999999999.99", EUR, 999999999999999999),
    ],
)
def test_amounts(text: str, currency: Currency, minor: int) -> None:
    assert Fields({"amount": text}).amount("amount", currency) == minor


@given(minor=st.integers(1, 10**18 - 1))
def test_any_amount_is_read_exactly(minor: int) -> None:
    assert Fields({"amount": f"{minor // 100}.{minor % 100:02d}"}).amount("amount", EUR) == minor


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-07-21T00:00:00+07:00", "2025-07-20T17:00:00+00:00"),
        ("2025-07-21T00:00:00z", "2025-07-21T00:00:00+00:00"),
        ("2024-08-20T13:08:34.280062Z", "2024-08-20T13:08:34.280062+00:00"),
        ("2025-04-17T12:05:20.641493611Z", "2025-04-17T12:05:20.641493+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("2025-07-21T00:00:00.5-11:30", "2025-07-21T11:30:00.500000+00:00"),
    ],
)
def test_times(text: str, utc: str) -> None:
    time = Fields({"from": text}).time("from")
    assert time is not None
    assert time.isoformat() == utc


@pytest.mark.parametrize(
    "text",
    """2025-07-21 2025-07-21T00:00:00 2025-07-21T24:00:00Z 2025-13-01T00:00:00Z 2025-02-30T00:00:00Z 20250721T000000Z
    2025-07-21T00:00Z 2025-07-21T00:00:00+0700 2025-07-21T00:00:00+25:00 0000-01-01T00:00:00Z 0001-01-01T00:00:00+14:00
    9999-12-31T23:59:59-01:00 now 1753056000 ２025-07-21T00:00:00Z""".split(),
)
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        Fields({"from": text}).time("from")
    assert refused.value.message.startswith("from ")


@pytest.mark.parametrize("text", ["a\0b", "a\ud800", "x" * 256])
def test_text_a_database_cannot_hold(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        Fields({"query": text}).optional_text("query")
    assert refused.value.message.startswith("query ")


def test_callers() -> None:
    trusted = [ip_network(text) for text in ("10.0.0.0/8", "2001:db8:ffff::/48")]
    for peer, headers, expected in (
        ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("2001:db8:ffff::1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["garbage"], None),
        (None, ["203.0.113.9"], None),
    ):
        assert caller_address(peer, headers, trusted) == (parse_address(expected) if expected else None), (
            peer,
            headers,
        )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["player0001", "EUR", "1", "pg_00001"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = [
    "username", "currency", "amount", "requestId", "gameId", "roundId", "from", "to", "paginate", "isMobile", "lang", "playerIp",
    "lobbyUrl", "cashierUrl", "country", "query", "providerId", "agentSystemCurrency",
]  # fmt: skip
CALLS = "createPlayer getPlayerBalance getPlayerStatus games launchGame deposit withdraw history providers freeRound".split()
GOOD = {
    "username": "player0001", "currency": "EUR", "amount": "1", "gameId": "pg_00001", "isMobile": True, "playerIp": "::1",
    "agentSystemCurrency": "EUR",
}  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, bytes]:
    """A call with some members good, some replaced by anything; or any bytes."""
    name = f"v1.{draw(st.sampled_from([3, 6]))}/{draw(st.sampled_from(CALLS))}"
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=60))
    unknown = st.sampled_from(["USD", "player0002", "pg_00099", "0", "::2", "2026-01-01T00:00:00z", 0, 1, {"page": 2}])
    changes = draw(st.dictionaries(st.sampled_from(MEMBERS), JSON | unknown, max_size=3))
    members = {**GOOD, **changes}
    for missing in draw(st.sets(st.sampled_from(MEMBERS), max_size=1)):
        members.pop(missing, None)
    return name, json.dumps(members, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


async def test_nothing_makes_it_fail(stage: Stage) -> None:
    """A thousand mutilated calls: never a 5xx, always the envelope, and the agent's and the player's money add up."""
    await stage.player()
    made: list[tuple[str, bytes]] = []

    @settings(max_examples=1000, deadline=None, database=None)
    @given(call=calls())
    def collect(call: tuple[str, bytes]) -> None:
        made.append(call)

    collect()
    codes = set()
    for name, body in made:
        response = await stage.post(name, body)
        answer = decoded(response)
        assert response.status_code == 200, (name, body, response.text)
        assert answer["ok"] is True or set(answer["error"]) == {"code", "message"}, (name, body)
        codes.add("OK" if answer["ok"] else answer["error"]["code"])
    assert {"OK", "INVALID_REQUEST", "CURRENCY_NOT_SUPPORTED", "PLAYER_NOT_FOUND"} <= codes
    total = await stage.owner.fetchval("SELECT sum(balance) FROM wallet WHERE agent_id = 1 AND currency = 'EUR'")
    assert total == 1_000_000_00
