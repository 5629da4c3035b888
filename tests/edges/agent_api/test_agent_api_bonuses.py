"""Free rounds, free chips and players' bet limits by the agent API, both versions, with a studio at the other end that nobody here
wrote. Shapes and oddities are the documents' own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from agent_stage import Stage
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.play.decision import Accepted
from pitboss.providers import Connectors
from pitboss.providers.grants import StudioGrants
from pitboss.storage.database import WORKER_ROLE, Database
from studio_peer import StudioPeer, studio_peer

GIFT = {
    "currency": "EUR", "bonusCode": "freeRound0001", "username": "player0001", "gameId": "pg_00001",
    "from": "2026-08-20T13:08:34.280062+07:00", "to": "2099-08-20T13:08:34Z", "rounds": 10, "betAmount": "1.6",
}  # fmt: skip
NEVER = "0001-01-01T00:00:00Z"


@pytest.fixture
def peer() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as studio:
        studio.answers = {
            "grant": '{"campaign_id": "273183"}',
            "betvalues": '{"values": ["0.2", "1.6", "20"]}',
            "grantstatus": '{"played": 2, "remaining": 8, "state": "live", "info": {"totalCount": 1}}',
            "cancelgrant": '{"played": 2, "remaining": 0, "state": "canceled", "info": {}}',
        }
        yield studio


@pytest.fixture
async def given(stage: Stage, peer: StudioPeer) -> Stage:
    """Its studio gives stakes away."""
    await stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", peer.url)
    await stage.sql("UPDATE game SET has_free_chip = true WHERE code = 'pg_00001'")
    await stage.player()
    await stage.player("player0002")
    return stage


def code(answer: Any) -> str:
    assert not answer["ok"], answer
    return str(answer["error"]["code"])


async def test_a_free_round_is_told_and_given_at_the_studio(given: Stage, peer: StudioPeer) -> None:
    answer = await given.call("v1.6/freeRound", GIFT)
    assert answer["ok"], answer
    result = answer["result"]
    assert len(result.pop("id")) == 32 and result.pop("createdAt").endswith("Z")
    campaign = result.pop("freeRoundCode")
    assert result == {
        "providerId": "pg", "gameId": "pg_00001", "username": "player0001", "agentId": 1, "betAmount": "1.6",
        "playerCurrency": "EUR", "providerCurrency": "EUR", "rounds": 10, "freeRoundId": "273183",
        "startTime": "2026-08-20T06:08:34.280062Z", "endTime": "2099-08-20T13:08:34.000000Z", "canceledAt": NEVER,
    }  # fmt: skip
    (asked,) = peer.of("grant")
    user = await given.owner.fetchval("SELECT player_id || '-EUR' FROM player WHERE username = 'player0001'")
    assert asked.said["data"] == {
        "campaign_code": campaign, "kind": "free_spins", "user_ids": [user], "game_ids": [126], "count": 10, "bet_value": "1.6",
        "currency_code": "EUR", "valid_from": "2026-08-20 06:08:34", "valid_to": "2099-08-20 13:08:34",
    }  # fmt: skip


async def test_it_is_read_and_called_off_by_its_id(given: Stage, peer: StudioPeer) -> None:
    made = (await given.call("v1.6/freeRound", GIFT))["result"]
    kept = (await given.call("v1.6/getFreeRound", {"id": made["id"]}))["result"]
    assert (kept["freeGameCode"], kept["freeGameId"]) == (made["freeRoundCode"], made["freeRoundId"])
    assert (kept["startAt"], kept["endAt"]) == (made["startTime"], made["endTime"])
    assert json.loads(kept["info"]) == {"totalCount": 1} and "freeRoundCode" not in kept
    assert await given.call("v1.6/cancelFreeRound", {"id": made["id"]}) == {"ok": True, "result": {}}
    assert [command.said["data"] for command in peer.of("cancelgrant")] == [{"campaign_code": made["freeRoundCode"]}]
    assert code(await given.call("v1.6/cancelFreeRound", {"id": made["id"]})) == "ALREADY_CANCELED"
    kept = (await given.call("v1.6/getFreeRound", {"id": made["id"]}))["result"]
    assert kept["canceledAt"] != NEVER
    for call in ("getFreeRound", "cancelFreeRound"):
        for unknown in ("0" * 32, "x", made["freeRoundCode"]):
            assert code(await given.call(f"v1.6/{call}", {"id": unknown})) == "FREE_ROUND_NOT_FOUND"
    # Another agent's is not there either.
    assert code(await given.call("v1.6/getFreeRound", {"id": made["id"]}, agent=given.other)) == "FREE_ROUND_NOT_FOUND"


async def test_the_old_version_tells_less_and_asks_by_player(given: Stage) -> None:
    made = (await given.call("v1.3/freeRound", GIFT))["result"]
    assert sorted(made) == ["freeGameCode", "freeGameId", "userInGame"]
    assert made["freeGameId"] == "273183" and made["userInGame"].endswith("-EUR")
    asked = {"currency": "EUR", "username": "player0001"}
    told = (await given.call("v1.3/getFreeRound", asked))["result"]
    assert told["ppResult"] is None
    (item,) = told["pgResult"]["result"]
    assert told["pgResult"]["totalCount"] == 1
    assert (item["freeGameId"], item["totalFreeGame"], item["remainCount"]) == (273183, 10, 10)
    await given.sql("UPDATE provider SET code = 'house' WHERE code = 'pg'")
    told = (await given.call("v1.3/getFreeRound", asked))["result"]
    assert told == {
        "houseResult": [
            {"currency": "EUR", "gameIDList": "126", "rounds": 10, "roundsPlayed": 0, "bonusCode": made["freeGameCode"],
             "expirationDate": "2099-08-20 13:08"}
        ],
        "ppResult": None, "pgResult": None,
    }  # fmt: skip
    cancel = {**asked, "gameId": "pg_00001", "freeRoundId": "273183", "freeRoundCode": made["freeGameCode"]}
    assert (
        code(await given.call("v1.3/cancelFreeRound", {**cancel, "username": "player0002"})) == "FREE_ROUND_NOT_FOUND"
    )
    assert code(await given.call("v1.3/cancelFreeRound", {**cancel, "freeRoundId": "1"})) == "FREE_ROUND_NOT_FOUND"
    assert await given.call("v1.3/cancelFreeRound", cancel) == {"ok": True, "result": {}}
    assert code(await given.call("v1.3/cancelFreeRound", cancel)) == "ALREADY_CANCELED"
    assert (await given.post("v1.3/freeChip", GIFT)).status_code == 404


async def test_free_chips_are_for_several_players(given: Stage, peer: StudioPeer) -> None:
    gift = {**GIFT, "bonusCode": "chips", "usernames": ["player0002", "player0001"]}
    made = (await given.call("v1.6/freeChip", gift))["result"]
    assert made["usernames"] == ["player0001", "player0002"] and made["freeChipId"] == "273183"
    assert "username" not in made and len(peer.of("grant")[0].said["data"]["user_ids"]) == 2
    kept = (await given.call("v1.6/getFreeChip", {"id": made["id"], "username": "player0002"}))["result"]
    assert kept["usernames"] == made["usernames"] and kept["freeGameCode"] == made["freeChipCode"]
    for asked in ({"id": made["id"], "username": "stranger"}, {"id": "0" * 32, "username": "player0001"}):
        assert code(await given.call("v1.6/getFreeChip", asked)) == "FREE_CHIP_NOT_FOUND"
    assert code(await given.call("v1.6/cancelFreeRound", {"id": made["id"]})) == "FREE_ROUND_NOT_FOUND"
    assert await given.call("v1.6/cancelFreeChip", {"id": made["id"]}) == {"ok": True, "result": {}}
    assert code(await given.call("v1.6/cancelFreeChip", {"id": made["id"]})) == "ALREADY_CANCELED"


BAD = [
    ({"rounds": 0}, "INVALID_REQUEST", "rounds"), ({"rounds": "10"}, "INVALID_REQUEST", "rounds"),
    ({"rounds": None}, "INVALID_REQUEST", "rounds"), ({"betAmount": "1.61"}, "INVALID_REQUEST", "betAmount"),
    ({"betAmount": "0"}, "INVALID_REQUEST", "betAmount"), ({"betAmount": 1.6}, "INVALID_REQUEST", "betAmount"),
    ({"from": "yesterday"}, "INVALID_REQUEST", "from"), ({"to": "2026-08-20T06:08:34.280062Z"}, "INVALID_REQUEST", "to"),
    ({"bonusCode": ""}, "INVALID_REQUEST", "bonusCode"), ({"bonusCode": "x" * 129}, "INVALID_REQUEST", "bonusCode"),
    ({"currency": "XXX"}, "CURRENCY_NOT_SUPPORTED", ""), ({"gameId": "pg_99999"}, "GAME_NOT_FOUND", ""),
    ({"gameId": "pg_00002"}, "GAME_NOT_SUPPORTED", ""), ({"username": "stranger"}, "PLAYER_NOT_FOUND", ""),
    ({"gameId": "evolution_00001"}, "GAME_NOT_SUPPORTED", ""),
]  # fmt: skip


async def test_what_cannot_be_given(given: Stage, peer: StudioPeer) -> None:
    for change, error, field in BAD:
        answer = await given.call("v1.6/freeRound", {**GIFT, **change})
        assert code(answer) == error, change
        assert answer["error"]["message"].startswith(field), change
    assert peer.of("grant") == []
    assert await given.owner.fetchval("SELECT count(*) FROM bonus_campaign") == 0


async def test_a_bonus_code_is_given_once(given: Stage, peer: StudioPeer) -> None:
    assert (await given.call("v1.6/freeRound", GIFT))["ok"]
    assert code(await given.call("v1.6/freeRound", GIFT)) == "BONUS_CODE_ALREADY_EXISTS"
    assert code(await given.call("v1.3/freeRound", {**GIFT, "username": "player0002"})) == "BONUS_CODE_ALREADY_EXISTS"
    # Another agent's codes are its own.
    await given.player("player0001", agent=given.other)
    assert (await given.call("v1.6/freeRound", GIFT, agent=given.other))["ok"]
    assert len(peer.of("grant")) == 2


async def test_a_studio_that_does_not_answer_is_told_again(given: Stage, peer: StudioPeer) -> None:
    granted = peer.answers.pop("grant")
    peer.raw["grant"] = (500, {}, b"no")
    made = (await given.call("v1.6/freeRound", GIFT))["result"]
    assert made["freeRoundId"] == "" and made["rounds"] == 10
    del peer.raw["grant"]
    peer.answers["grant"] = granted
    await given.owner.execute("UPDATE bonus_campaign SET due = now() - interval '1 second'")
    database = await Database.open(given.hub.settings.database_url, WORKER_ROLE, size=1)
    connectors = Connectors(EVERYWHERE_INSIDE)

    async def catalogue() -> Any:
        return given.hub.live.current

    async def refused(agent_id: int, campaign_id: str) -> None:
        raise AssertionError("the studio took it")

    grants = StudioGrants(database, connectors, catalogue, lambda: datetime.now(UTC), refused)
    try:
        assert await grants.turn() and not await grants.turn()
    finally:
        await connectors.close()
        await database.close()
    first, again = peer.of("grant")
    assert first.said["data"] == again.said["data"]
    assert (await given.call("v1.6/getFreeRound", {"id": made["id"]}))["result"]["freeGameId"] == "273183"


async def test_what_a_studio_will_not_give_nobody_has(given: Stage, peer: StudioPeer) -> None:
    del peer.answers["grant"]
    assert code(await given.call("v1.6/freeRound", GIFT)) == "GAME_NOT_SUPPORTED"
    assert await given.owner.fetchval("SELECT state FROM bonus_grant") == "removed"
    assert await given.owner.fetchval("SELECT studio_state FROM bonus_campaign") == "refused"


async def test_a_players_own_bet_limits_hold_instead_of_the_default(given: Stage) -> None:
    token = await given.launched("player0001", "EUR")
    deposit = {"username": "player0001", "amount": "1000", "currency": "EUR"}
    assert (await given.call("v1.6/deposit", deposit))["ok"]
    status = {"username": "player0001", "agentSystemCurrency": "EUR"}
    assert (await given.call("v1.6/getPlayerStatus", status))["result"]["betLimits"] is None
    chosen = {
        "username": "player0001", "providerId": "pg", "agentSystemCurrency": "EUR",
        "categories": [{"category": "slot", "ids": ["low"]}],
    }  # fmt: skip
    assert await given.call("v1.6/setPlayerBetLimits", chosen) == {"ok": True}
    low = {"id": "low", "info": {"min": "0.1", "max": 5}}
    assert (await given.call("v1.6/getPlayerStatus", status))["result"]["betLimits"] == {"pg": {"slot": [low]}}
    assert (await given.call("v1.3/getPlayerStatus", status))["result"]["betLimits"] == {"pg": [low]}
    with pytest.raises(AssertionError, match="stake_outside_limits"):
        await given.play("bet", token, 501, "dear", "r")
    assert isinstance(await given.play("bet", token, 500, "cheap", "r"), Accepted)
    both = {**chosen, "categories": [{"category": "slot", "ids": ["low", "standard"]}]}
    assert (await given.call("v1.6/setPlayerBetLimits", both))["ok"]
    assert isinstance(await given.play("bet", token, 501, "now", "r"), Accepted)
    none = {**chosen, "categories": [{"category": "slot", "ids": []}]}
    assert (await given.call("v1.6/setPlayerBetLimits", none))["ok"]
    assert (await given.call("v1.6/getPlayerStatus", status))["result"]["betLimits"] is None
    for change, error in (
        ({"categories": [{"category": "slot", "ids": ["none"]}]}, "BET_LIMIT_NOT_FOUND"),
        ({"categories": [{"category": "sport", "ids": ["low"]}]}, "BET_LIMIT_NOT_FOUND"),
        ({"providerId": "nobody"}, "AGENT_PROVIDER_NOT_FOUND"),
        ({"username": "stranger"}, "PLAYER_NOT_FOUND"),
        ({"categories": []}, "INVALID_REQUEST"),
        ({"categories": [{"category": "slot", "ids": "low"}]}, "INVALID_REQUEST"),
    ):
        assert code(await given.call("v1.6/setPlayerBetLimits", {**chosen, **change})) == error
