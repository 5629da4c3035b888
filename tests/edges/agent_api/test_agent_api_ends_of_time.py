"""Dated questions at both ends of the calendar, in either version: an answer or an error of the document's, never a failure."""

from hashlib import sha1
from itertools import product

from agent_stage import Stage

MOMENTS = (
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00", "0001-01-31T23:59:59Z",
    "9999-12-31T23:59:60Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+14:00",
)  # fmt: skip
DAYS = ("0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31")


async def test_from_and_to_at_both_ends(stage: Stage) -> None:
    await stage.player(currency="EUR")
    assert (await stage.call("v1.6/deposit", {"username": "player0001", "amount": "50", "currency": "EUR"}))["ok"]
    await stage.play("bet", await stage.launched("player0001", "EUR"), 100, "tx", "r")
    answered = 0
    for version, call, member, moment in product(
        ("v1.3", "v1.6"), ("history", "playerDailyReport", "gameLogs"), ("from", "to"), MOMENTS
    ):
        asked = {"username": "player0001", "currency": "EUR", member: moment}
        response = await stage.post(f"{version}/{call}", asked)
        assert response.status_code < 500, (version, call, asked, response.text)
        assert "INTERNAL" not in response.text, (version, call, asked, response.text)
        answered += response.json()["ok"] is True
    # Those beyond the calendar in UTC are refused, and game logs want a round.
    assert answered > 20


async def test_business_reports_of_the_first_and_last_days(stage: Stage) -> None:
    sign = sha1(f"businessReportcasinoone{stage.one.secret_key}".encode()).hexdigest()
    headers = {"X-Operator-Id": "casinoone", "X-Authorization": sign}
    for day in DAYS:
        response = await stage.http.get(f"/api/generic/businessReport?date={day}", headers=headers)
        assert response.status_code in (200, 400), (day, response.text)
