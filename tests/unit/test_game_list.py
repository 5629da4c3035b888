"""A studio's list is taken as a whole, and what is wrong in it is told by index and field."""

import json
from typing import Any

import pytest

from pitboss.domain.catalogue import BetLimit
from pitboss.domain.catalogue.game_list import GameList, GameListInvalid, decode_game_list, read_game_list
from pitboss.domain.money import Currency, Unit, unit_of
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.reference import alpha2

EUR, JPY, IDR = Currency("EUR", 2), Currency("JPY", 0), Currency("IDR", 2)
UNITS = {"EUR": unit_of(EUR), "JPY": unit_of(JPY), "KIDR": Unit("KIDR", IDR, 3)}
GOOD = {"gameId": 12, "name": "Twelve", "category": "slot"}


def read(text: str) -> GameList:
    return read_game_list(decode_game_list(text.encode()), UNITS.get, alpha2, EVERYWHERE_INSIDE)


def problems(document: Any) -> list[str]:
    with pytest.raises(GameListInvalid) as caught:
        read(document if isinstance(document, str) else json.dumps(document))
    return caught.value.problems


def limits(label: str = "Standard", is_default: bool = True, **ranges: tuple[str, str]) -> dict[str, object]:
    inner = {code: {"min": low, "max": high} for code, (low, high) in ranges.items()}
    return {"label": label, "isDefault": is_default, "limits": inner}


def test_what_is_left_out() -> None:
    [game] = read(json.dumps([GOOD])).games
    assert (game.rtp, game.logo_url, game.bet_values) == (None, "", {})
    assert (game.has_free_round, game.has_free_chip, game.fun_mode) == (False, False, False)
    assert game.devices == ("desktop", "mobile")
    assert game.contribution is None


def test_numbers_keep_their_digits() -> None:
    [game] = read(
        '[{"gameId":1,"name":"x","category":"slot","rtp":96.210000,"betValues":{"EUR":[0.1,1,"0.30"]}}]'
    ).games
    assert str(game.rtp) == "96.210000"
    assert game.bet_values == {"EUR": ("0.1", "0.3", "1")}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gameId": "12"}, "[0].gameId "), ({"gameId": 1000000}, "[0].gameId "), ({"gameId": True}, "[0].gameId "),
        ({"gameId": 1.0}, "[0].gameId "), ({"gameId": -1}, "[0].gameId "),
        ({"name": ""}, "[0].name "), ({"name": 1.5}, "[0].name "), ({"name": "a\nb"}, "[0].name "),
        ({"name": None}, "[0].name "),
        ({"category": "Slot"}, "[0].category "), ({"category": None}, "[0].category "),
        ({"rtp": "96,21"}, "[0].rtp "), ({"rtp": "1e2"}, "[0].rtp "), ({"rtp": "0"}, "[0].rtp "),
        ({"rtp": "-96"}, "[0].rtp "), ({"rtp": []}, "[0].rtp "), ({"rtp": "960"}, "[0].rtp "),
        ({"hasFreeRound": "yes"}, "[0].hasFreeRound "), ({"funMode": 1}, "[0].funMode "),
        ({"devices": ["tv"]}, "[0].devices "), ({"devices": []}, "[0].devices "), ({"devices": [[]]}, "[0].devices "),
        ({"logoUrl": "http://169.254.169.254/x.png"}, "[0].logoUrl "), ({"logoUrl": 7}, "[0].logoUrl "),
        ({"betValues": {"EUR": ["0.001"]}}, "[0].betValues.EUR[0] "), ({"betValues": {"JPY": ["0.5"]}}, "[0].betValues.JPY[0] "),
        ({"betValues": {"IDR": ["1"]}}, "[0].betValues.IDR "), ({"betValues": {"EUR": []}}, "[0].betValues.EUR "),
        ({"betValues": {"EUR": ["-1"]}}, "[0].betValues.EUR[0] "), ({"betValues": {"EUR": ["0"]}}, "[0].betValues.EUR "),
        ({"betValues": []}, "[0].betValues "), ({"betValues": {"EUR": [None]}}, "[0].betValues.EUR[0] "),
        ({"betValues": {"KIDR": ["0.000001"]}}, "[0].betValues.KIDR[0] "),
        ({"betLimits": {"standard": {"limits": {"EUR": {"min": "2", "max": "1"}}}}}, "[0].betLimits.standard.limits.EUR.max "),
        ({"betLimits": {"standard": {"limits": {"EUR": {"min": "2"}}}}}, "[0].betLimits.standard.limits.EUR.max "),
        ({"betLimits": {"standard": {"limits": {"XYZ": {"max": "2"}}}}}, "[0].betLimits.standard.limits.XYZ "),
        ({"betLimits": {"a b": {}}}, "[0].betLimits.a b "), ({"betLimits": {"s": None}}, "[0].betLimits.s "),
        ({"restrictedCountries": ["Atlantis"]}, "[0].restrictedCountries[0] "),
        ({"prohibitedCountries": "DE"}, "[0].prohibitedCountries "),
        *(({"wageringContribution": value}, "[0].wageringContribution ") for value in (101, -1, 20.5, "20", True, 10**30, [])),
    ],
)  # fmt: skip
def test_a_wrong_member_is_named(changes: dict[str, object], told: str) -> None:
    [problem] = problems([GOOD | changes])
    assert problem.startswith(told)


@pytest.mark.parametrize("percent", [0, 20, 100])
def test_what_counts_towards_wagering(percent: int) -> None:
    [game] = read(json.dumps([GOOD | {"wageringContribution": percent}])).games
    assert game.contribution == percent


@pytest.mark.parametrize(
    "text", ["", "{}", "null", "[", '[{"gameId":1,"gameId":2}]', "[NaN]", "[Infinity]", "[" * 100_000, "\xff"]
)
def test_a_document_that_is_no_list(text: str) -> None:
    assert len(problems(text)) == 1


def test_every_problem_is_told() -> None:
    found = problems([GOOD, 5, GOOD | {"gameId": 13, "name": "", "category": "?"}, GOOD])
    assert [problem.partition(" ")[0] for problem in found] == ["[1]", "[2].name", "[2].category", "[3].gameId"]


def test_the_sets_of_a_category_are_merged() -> None:
    first = GOOD | {
        "betLimits": {"standard": limits(EUR=("0.2", "10000")), "low": limits("Low", False, EUR=("0", "5"))}
    }
    second = GOOD | {"gameId": 13, "betLimits": {"standard": limits(EUR=("0.20", "10000"), KIDR=("1", "2"))}}
    other = GOOD | {"gameId": 14, "category": "table", "betLimits": {"standard": limits("Tables", JPY=("10", "20"))}}
    merged = read(json.dumps([first, second, other])).limit_sets
    standard, low = merged["slot"]
    # 1 KIDR are 1000 IDR, 100,000 minor units.
    assert standard.limits == {"EUR": BetLimit(20, 1_000_000), "IDR": BetLimit(100_000, 200_000)}
    assert (low.id, low.is_default, low.limits) == ("low", False, {"EUR": BetLimit(0, 500)})
    assert [limit_set.label for limit_set in merged["table"]] == ["Tables"]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"standard": limits(EUR=("0.2", "9000"))}, "[1].betLimits.standard.limits.EUR "),
        ({"standard": limits("Other", EUR=("0.2", "10000"))}, "[1].betLimits.standard.label "),
        ({"standard": limits(is_default=False)}, "[1].betLimits.standard.isDefault "),
        ({"high": limits("High", True)}, "[1].betLimits.high.isDefault "),
    ],
)
def test_a_contradiction_names_the_game(second: dict[str, object], told: str) -> None:
    first = GOOD | {"betLimits": {"standard": limits(EUR=("0.2", "10000"))}}
    [problem] = problems([first, GOOD | {"gameId": 13, "betLimits": second}])
    assert problem.startswith(told)
