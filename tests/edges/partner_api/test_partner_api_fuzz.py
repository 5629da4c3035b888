"""Nothing makes it fail: mutilated writes and queries get the envelope and no 5xx, and the money adds up."""

import json
from urllib.parse import quote, urlencode

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_stage import Stage
from partner_desk import Partner

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["player0001", "EUR", "1", "pg_00001", "day", "wager", "2999-01-01T00:00:00Z", 10**40, -0.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
WRITES: dict[str, dict[str, object]] = {
    "setPlayerTags": {"tags": [{"name": "a", "value": 1, "expectedValue": None}, {"name": "b", "value": "x"}]},
    "setPlayerLimits": {
        "limits": [
            {"type": "wager", "period": "day", "amount": "100"},
            {"type": "sessionTime", "period": "day", "minutes": 9},
        ],
        "coolOffUntil": None,
    },
    "logout": {},
    "getGameLaunchUrl": {
        "gameCode": "pg_00001", "playMode": "real", "clientPlatform": "web", "currency": "EUR", "lobbyUrl": "https://a.example",
        "playerData": {"countryCode": "TH", "currencyCode": "EUR", "birthDate": "1990-01-01"}, "externalToken": "a" * 20,
    },
    "giveFreeSpins": {
        "templateCode": "FS", "count": 2, "gameCodes": ["pg_00001"], "betValues": ["1"], "remoteBonusCode": "b",
        "winWageringMultiplier": "0", "remoteBonusDate": "2026-01-01T00:00:00Z",
    },
    "giveGoldenChips": {"templateCode": "GC", "count": 2, "gameCodes": ["pg_00001"], "chipValue": 1, "remoteBonusCode": "c"},
    "removeBonus": {"bonusInstanceCode": "x"},
    "notifyBalanceChange": {},
}  # fmt: skip
READS: dict[str, dict[str, str]] = {
    "playerLimits": {"username": "player0001"},
    "activeBonuses": {"username": "player0001"},
    "nonActiveBonuses": {},
    "freeSpinBetValues": {"gameCodes": "pg_00001"},
    "reports/entityBalances": {"asOf": "2026-01-01 00:00:00", "timezone": "Asia/Tokyo"},
    "reports/gameRound/pg_00001": {"roundId": "r"},
    "reports/gameTransactionLineItems": {"startDate": "2020-01-01", "page": "1"},
    "reports/stats": {"groupBy": "day,player", "startDate": "2026-11-01T00:00:00Z"},
    "reports/playerGameTransactions": {"username": "player0001", "perPage": "3"},
    "reports/openGameRounds": {"olderThan": "5", "format": "csv"},
}
NAMES = sorted(
    {name for members in (*WRITES.values(), *READS.values()) for name in members} | {"username", "requestId"}
)
TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        "0",
        "-1",
        "1e5",
        "9" * 30,
        "0001-01-01",
        "9999-12-31 23:59:59",
        "Etc/GMT-14",
        "../x",
        "a,b,,",
        "\0",
        "EUR",
        "fun",
        "csv",
    ]
)


@st.composite
def writes(draw: st.DrawFn) -> tuple[str, bytes]:
    """A write with some members good, some replaced by anything, at the top or within; or any bytes."""
    name = draw(st.sampled_from(sorted(WRITES)))
    if draw(st.integers(0, 9)) == 0:
        return name, draw(st.binary(max_size=60))
    members: dict[str, object] = {
        "requestId": draw(st.text(max_size=6)) or "r",
        "username": "player0001",
        **WRITES[name],
    }
    members |= draw(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=2))
    for name_of, inner in members.items():
        if isinstance(inner, list) and inner and isinstance(inner[0], dict) and draw(st.booleans()):
            changes = draw(st.dictionaries(st.sampled_from(["name", "value", "amount", "type"]), JSON))
            members[name_of] = [{**inner[0], **changes}, *inner[1:]]
    for missing in draw(st.sets(st.sampled_from(NAMES), max_size=1)):
        members.pop(missing, None)
    return name, json.dumps(members, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def reads(draw: st.DrawFn) -> tuple[str, str]:
    """A read with some parameters replaced by anything; or any query."""
    name = draw(st.sampled_from(sorted(READS)))
    if draw(st.integers(0, 9)) == 0:
        return name, quote(draw(st.binary(max_size=30)), safe="&=%+;")
    query = {
        **READS[name],
        **draw(st.dictionaries(st.sampled_from([*NAMES, "timezone", "endDate"]), TEXTS, max_size=2)),
    }
    return name, urlencode(query, errors="surrogatepass")


async def test_nothing_makes_it_fail(stage: Stage, partner: Partner) -> None:
    await stage.player(currency="EUR")
    assert (await stage.call("v1.6/deposit", {"username": "player0001", "amount": "50", "currency": "EUR"}))["ok"]
    await stage.play("bet", await stage.launched("player0001", "EUR"), 100, "tx", "r")
    made: list[tuple[str, bytes | str]] = []
    quick = settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @quick
    @given(call=writes())
    def collect_writes(call: tuple[str, bytes]) -> None:
        made.append(call)

    @quick
    @given(call=reads())
    def collect_reads(call: tuple[str, str]) -> None:
        made.append(call)

    collect_writes()
    collect_reads()
    statuses = set()
    for name, sent in made:
        response = await (partner.post(name, sent) if isinstance(sent, bytes) else partner.get(name, sent))
        statuses.add(response.status_code)
        assert response.status_code in (200, 400, 404, 409), (name, sent, response.text)
        check_envelope(response)
    assert statuses == {200, 400, 404, 409}
    total = await stage.owner.fetchval("SELECT sum(balance) FROM wallet WHERE agent_id = 1 AND currency = 'EUR'")
    assert total == 1_000_000_00 - 100


def check_envelope(response: httpx.Response) -> None:
    if response.headers["content-type"].startswith("text/csv"):
        return
    answer = response.json()
    if response.status_code == 200:
        assert set(answer) == {"requestId", "data"}
    else:
        assert set(answer) == {"requestId", "error"}
        assert {"code", "description"} <= set(answer["error"]) <= {"code", "description", "field", "tags"}
