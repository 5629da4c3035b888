"""Bonuses given, seen and removed by a partner; the studio behind them is real HTTP with scripted answers."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_stage import MADE_AT, Stage, on_stage
from partner_desk import Partner
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.storage.catalogue.games import import_games
from studio_peer import StudioPeer, studio_peer

ANNA = "anna0001"
SPINS = {
    "username": ANNA, "templateCode": "FS", "count": 10, "gameCodes": ["pg_00001"], "betValues": ["0.2"], "currency": "EUR",
    "remoteBonusCode": "welcome-1",
}  # fmt: skip
DATA = {"playerData": {"countryCode": "TH", "currencyCode": "EUR"}}


@pytest.fixture
def studio() -> Iterator[StudioPeer]:
    with studio_peer("pg secret") as peer:
        peer.answers = {
            "betvalues": '{"values": [0.2, 1]}',
            "grant": '{"campaign_id": 77}',
            "cancelgrant": '{"played": 0, "remaining": 0, "state": "cancelled"}',
        }
        yield peer


@pytest.fixture
async def desk(stage: Stage, partner: Partner, studio: StudioPeer) -> Partner:
    await stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", studio.url)
    await stage.sql("UPDATE game SET has_free_chip = true WHERE code = 'pg_00002'")
    return partner


async def test_spins_are_given_seen_and_removed(desk: Partner, studio: StudioPeer) -> None:
    # Nobody of this name, and nothing to make a player from.
    assert (await desk.refused("giveFreeSpins", **SPINS))[1]["code"] == "ERR_PLAYER_NOT_FOUND"
    given = await desk.write(
        "giveFreeSpins", **{**SPINS, **DATA, "templateCode": "FS10", "winWageringMultiplier": 20.5}
    )
    code = given["bonusInstanceCode"]
    [told] = studio.of("grant")
    said = told.said["data"]
    assert (said["campaign_code"], said["kind"], said["count"], said["bet_value"]) == (code, "free_spins", 10, "0.2")
    [seen] = (await desk.read("activeBonuses", username=ANNA))["bonuses"]
    members = (
        "bonusInstanceCode",
        "templateCode",
        "type",
        "status",
        "remainingCount",
        "remainingWagering",
        "bonusBalance",
    )
    assert tuple(seen[name] for name in members) == (code, "FS10", "free_spins", "active", "10", "0", "0")
    assert (seen["currency"], seen["games"], seen["username"]) == ("EUR", ["pg_00001"], ANNA)
    assert (await desk.read("nonActiveBonuses", username=ANNA)) == {"bonuses": []}

    # The same remoteBonusCode is the first instance, whatever else is said; another one is another.
    again = await desk.write("giveFreeSpins", **{**SPINS, "count": 3})
    assert again == given
    other = await desk.write("giveFreeSpins", **{**SPINS, "remoteBonusCode": "welcome-2"})
    assert other != given
    assert len(studio.of("grant")) == 2

    removed = await desk.write("removeBonus", username=ANNA, bonusInstanceCode=code)
    assert removed == {"bonusInstanceCode": code, "status": "removed"}
    assert await desk.write("removeBonus", username=ANNA, bonusInstanceCode=code) == removed
    assert [command.said["data"]["campaign_code"] for command in studio.of("cancelgrant")] == [code]
    [over] = (await desk.read("nonActiveBonuses"))["bonuses"]
    assert (over["bonusInstanceCode"], over["removalReason"], over["remainingCount"]) == (code, "removed", "0")
    assert over["removalDate"] is not None
    [left] = (await desk.read("activeBonuses"))["bonuses"]
    assert left["bonusInstanceCode"] == other["bonusInstanceCode"]
    for body in (
        {"username": ANNA, "bonusInstanceCode": "nothing"},
        {"username": "bert0001", "bonusInstanceCode": code},
    ):
        assert (await desk.refused("removeBonus", **body))[0] == 404


async def test_a_stake_counts_by_its_games_contribution(stage: Stage, desk: Partner) -> None:
    listed = b'[{"gameId": 126, "name": "Leprechaun Riches", "category": "slot", "hasFreeRound": true, "wageringContribution": 20}]'
    await import_games(stage.owner, "pg", decode_game_list(listed), EVERYWHERE_INSIDE, actor="test", now=MADE_AT)
    await stage.hub.live.refresh()
    given = await desk.write("giveFreeSpins", **{**SPINS, **DATA, "templateCode": "FS10", "count": 1})
    await stage.call("v1.6/deposit", {"username": ANNA, "currency": "EUR", "amount": "50"})
    token = await stage.launched(ANNA, "EUR")
    spin = {"reason": "PROMO-FREESPIN", "campaign_code": given["bonusInstanceCode"]}
    await stage.play("bet", token, 20, "1", "1", **spin)
    await stage.play("win", token, 300, "2", "1", **spin)

    async def remaining() -> str:
        [seen] = (await desk.read("activeBonuses", username=ANNA))["bonuses"]
        return str(seen["remainingWagering"])

    # The requirement is winnings x multiplier: 3 x 10. Of 5.00 in a game of 20 % one counts, in one that said nothing all five.
    assert await remaining() == "30"
    await stage.play("bet", token, 500, "3", "2")
    assert await remaining() == "29"
    await stage.play("bet", token, 500, "4", "3", game=stage.hub.live.current.games_by_code["pg_00002"])
    assert await remaining() == "24"


async def test_golden_chips(desk: Partner, studio: StudioPeer) -> None:
    chips = {
        "username": ANNA, "templateCode": "GC", "count": 5, "gameCodes": ["pg_00002"], "chipValue": 1, "remoteBonusCode": "chips",
    }  # fmt: skip
    given = await desk.write("giveGoldenChips", **{**chips, **DATA})
    [told] = studio.of("grant")
    assert (told.said["data"]["kind"], told.said["data"]["bet_value"]) == ("golden_chips", 1)
    [seen] = (await desk.read("activeBonuses"))["bonuses"]
    assert (seen["bonusInstanceCode"], seen["type"], seen["value"]) == (given["bonusInstanceCode"], "golden_chips", "1")
    # Its code cannot become free spins.
    status, error = await desk.refused("giveFreeSpins", **{**SPINS, "remoteBonusCode": "chips"})
    assert (status, error["code"]) == (409, "ERR_BONUS_STATE")


async def test_what_cannot_be_given(stage: Stage, desk: Partner) -> None:
    await stage.player(ANNA)
    for change, status, code, field in (
        ({"templateCode": "XX"}, 404, "ERR_BONUS_TEMPLATE_NOT_FOUND", None),
        ({"templateCode": "GC"}, 404, "ERR_BONUS_TEMPLATE_NOT_FOUND", None),
        ({"betValues": ["0.2", "0.3"]}, 400, "ERR_BET_VALUE_NOT_SUPPORTED", "betValues"),
        ({"betValues": []}, 400, "ERR_INVALID_REQUEST", "betValues"),
        ({"betValues": ["0.2", "x"]}, 400, "ERR_INVALID_REQUEST", "betValues[1]"),
        ({"count": 0}, 400, "ERR_INVALID_REQUEST", "count"),
        ({"gameCodes": ["pg_99999"]}, 404, "ERR_GAME_NOT_FOUND", None),
        ({"gameCodes": []}, 400, "ERR_INVALID_REQUEST", "gameCodes"),
        ({"winWageringMultiplier": 3}, 400, "ERR_INVALID_REQUEST", "winWageringMultiplier"),
        ({"remoteBonusCode": "x" * 129}, 400, "ERR_INVALID_REQUEST", "remoteBonusCode"),
        ({"remoteBonusDate": "soon"}, 400, "ERR_INVALID_REQUEST", "remoteBonusDate"),
        ({"currency": "USD"}, 400, "ERR_INVALID_REQUEST", "currency"),
    ):
        told_status, error = await desk.refused("giveFreeSpins", **{**SPINS, **change})
        assert (told_status, error["code"], error.get("field")) == (status, code, field), change
    assert (await desk.read("activeBonuses")) == {"bonuses": []}


async def test_a_studio_that_refuses_gives_nothing(stage: Stage, desk: Partner, studio: StudioPeer) -> None:
    await stage.player(ANNA)
    del studio.answers["grant"]
    studio.errors["grant"] = "OP_35"
    body = {"requestId": "give", **SPINS}
    for _ in range(2):
        response = await desk.post("giveFreeSpins", body)
        assert (response.status_code, response.json()["error"]["code"]) == (409, "ERR_BONUS_STATE")
    assert (await desk.read("activeBonuses")) == {"bonuses": []}


async def test_twenty_at_once_are_one(stage: Stage, desk: Partner, studio: StudioPeer) -> None:
    body = {"requestId": "give", **SPINS, **DATA}
    responses = await asyncio.gather(*(desk.post("giveFreeSpins", body) for _ in range(20)))
    assert len({response.content for response in responses}) == 1
    assert responses[0].status_code == 200
    assert len(studio.of("grant")) == 1
    code = responses[0].json()["data"]["bonusInstanceCode"]
    removal = {"requestId": "take", "username": ANNA, "bonusInstanceCode": code}
    responses = await asyncio.gather(*(desk.post("removeBonus", removal) for _ in range(20)))
    assert {(response.status_code, response.content) for response in responses} == {
        (200, f'{{"requestId":"take","data":{{"bonusInstanceCode":"{code}","status":"removed"}}}}'.encode())
    }


async def test_one_request_id_ends_one_of_two_bonuses(stage: Stage, desk: Partner) -> None:
    await stage.player(ANNA)
    for turn in range(5):
        pair = [
            (await desk.write("giveFreeSpins", **{**SPINS, "remoteBonusCode": f"{turn}-{which}"}))["bonusInstanceCode"]
            for which in "ab"
        ]
        bodies = [{"requestId": f"take-{turn}", "username": ANNA, "bonusInstanceCode": code} for code in pair * 10]
        responses = await asyncio.gather(*(desk.post("removeBonus", body) for body in bodies))
        done = {response.content for response in responses if response.status_code == 200}
        others = [response.json()["error"]["code"] for response in responses if response.status_code != 200]
        assert (len(done), others) == (1, ["DUPLICATE_REQUEST"] * 10)
        left = [seen["bonusInstanceCode"] for seen in (await desk.read("activeBonuses"))["bonuses"]]
        assert len(left) == 1
        ended = next(code for code in pair if code not in left)
        assert done == {
            f'{{"requestId":"take-{turn}","data":{{"bonusInstanceCode":"{ended}","status":"removed"}}}}'.encode()
        }
        await desk.write("removeBonus", username=ANNA, bonusInstanceCode=left[0])


async def test_a_removal_that_was_cut_off_is_done_again_under_its_request_id(
    database_url: str, tmp_path: Path, studio: StudioPeer
) -> None:
    async with on_stage(database_url, tmp_path, command_timeout=3.0) as stage:
        await stage.sql("UPDATE provider SET callback_url = $1 WHERE code = 'pg'", studio.url)
        desk = Partner(stage)
        await stage.player(ANNA)
        first, second = [
            (await desk.write("giveFreeSpins", **{**SPINS, "remoteBonusCode": code}))["bonusInstanceCode"]
            for code in ("first", "second")
        ]

        async def remove(code: str) -> tuple[int, object]:
            said = {"requestId": "take", "username": ANNA, "bonusInstanceCode": code}
            response = await desk.post("removeBonus", said)
            told = response.json()
            return response.status_code, told.get("data") or told["error"]["code"]

        async def active() -> set[str]:
            return {seen["bonusInstanceCode"] for seen in (await desk.read("activeBonuses"))["bonuses"]}

        # Somebody holds the wallet for longer than the hub waits: claimed, not removed, not answered.
        async with stage.owner.transaction():
            await stage.owner.execute("SELECT 1 FROM wallet WHERE player_id IS NOT NULL FOR UPDATE")
            assert await remove(first) == (500, "ERR_INTERNAL")
            assert await active() == {first, second}
            # The requestId is taken already.
            assert await remove(second) == (409, "DUPLICATE_REQUEST")
        removed = {"bonusInstanceCode": first, "status": "removed"}
        assert await remove(first) == (200, removed)
        assert await remove(first) == (200, removed)
        assert await remove(second) == (409, "DUPLICATE_REQUEST")
        assert await active() == {second}


async def test_a_removal_that_met_nobody_leaves_its_request_id(stage: Stage, desk: Partner) -> None:
    await stage.player(ANNA)
    code = (await desk.write("giveFreeSpins", **SPINS))["bonusInstanceCode"]
    for username, wanted, status in ((ANNA, "none", 404), ("bert0001", code, 404), (ANNA, code, 200)):
        said = {"requestId": "take", "username": username, "bonusInstanceCode": wanted}
        assert (await desk.post("removeBonus", said)).status_code == status
