"""Every dated question at both ends of the calendar: an answer or an error that names the field, never a failure."""

from itertools import product

from test_partner_api_fuzz import READS, check_envelope

from agent_stage import Stage
from partner_desk import Partner

MOMENTS = (
    "0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00", "0001-01-31 23:59:59",
    "9999-12-31", "9999-12-31 23:59:59", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00",
    "9999-12-01T00:00:00+14:00",
)  # fmt: skip
ZONES = ("UTC", "Pacific/Kiritimati", "America/Los_Angeles")
DATED = {
    "reports/entityBalances": ("asOf",),
    "reports/gameTransactionLineItems": ("startDate", "endDate"),
    "reports/stats": ("startDate", "endDate"),
    "reports/playerGameTransactions": ("startDate", "endDate"),
    "reports/openGameRounds": ("startDate", "endDate", "olderThan"),
    "nonActiveBonuses": ("startDate", "endDate"),
}


async def test_both_ends_of_the_calendar(stage: Stage, partner: Partner) -> None:
    await stage.player(currency="EUR")
    assert (await stage.call("v1.6/deposit", {"username": "player0001", "amount": "50", "currency": "EUR"}))["ok"]
    await stage.play("bet", await stage.launched("player0001", "EUR"), 100, "tx", "r")
    answered = set()
    for (name, members), moment, zone in product(DATED.items(), MOMENTS, ZONES):
        for asked in ({member: moment} for member in members):
            query = {key: text for key, text in READS[name].items() if key != "startDate"} | asked | {"timezone": zone}
            response = await partner.get(name, query)
            assert response.status_code in (200, 400), (name, query, response.text)
            check_envelope(response)
            answered.add((name, response.status_code))
    assert {name for name, status in answered if status == 200} == set(DATED)


async def test_from_one_end_to_the_other(stage: Stage, partner: Partner) -> None:
    await stage.player(currency="EUR")
    assert (await stage.call("v1.6/deposit", {"username": "player0001", "amount": "50", "currency": "EUR"}))["ok"]
    await stage.play("bet", await stage.launched("player0001", "EUR"), 100, "tx", "r")
    whole = {"startDate": "0001-01-01T00:00:00Z", "endDate": "9999-12-31T23:59:59Z"}
    told = await partner.read("reports/playerGameTransactions", username="player0001", **whole)
    assert len(told["items"]) == 1
