"""Stakes that an operator gives away: offered, played, counted once, given back, ended; the books agree whatever fails."""

import contextlib
import secrets
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from operator_peer import Fault, Operator
from signed_command import command, result
from studio_process import Player, StudioProcess, eventually, killed_at, reconcile

ROULETTE, SLOT, DICE, BACCARAT = 2, 1, 4, 3
WHEN = "%Y-%m-%d %H:%M:%S"


def terms(player: Player, **change: Any) -> dict[str, Any]:
    """A grant of three free spins of 0.4 for the player, from now on."""
    now = datetime.now(UTC)
    return {
        "campaign_code": f"code-{secrets.token_hex(6)}",
        "kind": "free_spins",
        "user_ids": [player.user],
        "game_ids": [SLOT],
        "count": 3,
        "bet_value": 0.4,
        "currency_code": "EUR",
        "valid_from": (now - timedelta(minutes=1)).strftime(WHEN),
        "valid_to": (now + timedelta(days=1)).strftime(WHEN),
        **change,
    }


def give(player: Player, operator: Operator | None, **change: Any) -> str:
    """A grant that studio and (where one is named) operator know; its code."""
    given = terms(player, **change)
    assert result(command(player.studio, "grant", given))["campaign_id"]
    if operator is not None:
        operator.campaigns[player.user, given["campaign_code"]] = given["count"]
    return str(given["campaign_code"])


def told(studio: StudioProcess, code: str) -> tuple[int, int, str]:
    """(played, remaining, state)."""
    status = result(command(studio, "grantstatus", {"campaign_code": code}))
    return status["played"], status["remaining"], status["state"]


def ask(player: Player, code: str | None, stake: dict[str, Any]) -> httpx.Response:
    return player.post("spin", {"spin_id": secrets.token_hex(8), "campaign_code": code, **stake})


def play(player: Player, code: str | None, stake: dict[str, Any] | None = None) -> dict[str, Any]:
    """A round to its end, free spins of the round's own included."""
    answer = ask(player, code, stake or {"bet": "0.4"})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    while said["round"]["more"]:
        said = player.step(said["round"])
    return said


def left(player: Player) -> int:
    """What the page offers."""
    offer = player.get("state")["promotion"]
    return int(offer["left"]) if offer else 0


def test_free_spins_are_offered_and_the_player_pays_nothing(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator)
    offer = player.get("state")["promotion"]
    assert {name: offer[name] for name in ("campaign_code", "kind", "value", "left", "total")} == {
        "campaign_code": code, "kind": "free_spins", "value": "0.4", "left": 3, "total": 3,
    }  # fmt: skip
    balance, won = operator.balance(player.user), Decimal(0)
    for remaining in (2, 1, 0):
        answer = play(player, code)
        won += Decimal(answer["round"]["win"])
        assert answer["round"]["campaign_code"] == code
        assert Decimal(answer["balance"]) == operator.balance(player.user) == balance + won
        bet, win = operator.calls("BET")[-1].data, operator.calls("WIN")[-1].data
        for call in (bet, win):
            assert call["context"]["reason"] == "PROMO-FREESPIN"
            assert call["context"]["campaign_code"] == code
            assert call["context"]["campaign_details"] == {"total": 3, "remaining": remaining}
        assert Decimal(bet["amount"]) == Decimal("0.4")
        assert told(studio, code) == (3 - remaining, remaining, "live" if remaining else "finished")
        assert (answer["promotion"] or {"left": 0})["left"] == remaining
    refused = ask(player, code, {"bet": "0.4"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "promotion_over")
    assert play(player, None)["round"]["campaign_code"] is None
    assert operator.calls("BET")[-1].data["context"]["reason"] == "SPIN"
    assert reconcile(player, operator) == {"settled": 4}


def test_a_player_without_money_can_play_what_was_given(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator)
    operator.balances[player.user] = Decimal(0)
    assert play(player, code)["round"]["state"] == "settled"


@pytest.mark.parametrize("kind", ["free_chips", "golden_chips"])
@pytest.mark.parametrize(("game", "place"), [(ROULETTE, "red"), (BACCARAT, "banker")])
def test_chips_are_one_chip_on_one_place(
    studio: StudioProcess, operator: Operator, kind: str, game: int, place: str
) -> None:
    player = Player(studio, game_id=game)
    code = give(player, operator, kind=kind, game_ids=[ROULETTE, BACCARAT], bet_value="5", count=2)
    other = "tie" if game == BACCARAT else "black"
    for bets in ([(place, "1")], [(place, "4"), (other, "1")], [(place, "5"), (other, "5")]):
        refused = ask(player, code, {"bets": [{"place": at, "amount": amount} for at, amount in bets]})
        assert (refused.status_code, refused.json()["error"]["field"]) == (400, "bets"), refused.text
    assert left(player) == 2
    answer = play(player, code, {"bets": [{"place": place, "amount": "5"}]})
    assert (answer["round"]["stake"], answer["promotion"]["left"]) == ("5", 1)
    assert reconcile(player, operator) == {"settled": 1}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kind": "free_chips"}, "kind"),
        ({"kind": "free_spins", "game_ids": [ROULETTE]}, "kind"),
        ({"kind": "free_spins", "game_ids": [DICE]}, "kind"),
        ({"kind": "golden_chips", "game_ids": [DICE]}, "kind"),
        ({"kind": "cash"}, "kind"),
        ({"game_ids": []}, "game_ids"),
        ({"game_ids": [99]}, "game_ids"),
        ({"game_ids": "1"}, "game_ids"),
        ({"game_ids": [[1]]}, "game_ids"),
        ({"user_ids": []}, "user_ids"),
        ({"user_ids": [[]]}, "user_ids"),
        ({"user_ids": [""]}, "user_ids"),
        ({"count": 0}, "count"),
        ({"count": "many"}, "count"),
        ({"count": True}, "count"),
        ({"count": 10_001}, "count"),
        ({"bet_value": 0.3}, "bet_value"),
        ({"bet_value": "1e1"}, "bet_value"),
        ({"bet_value": None}, "bet_value"),
        ({"bet_value": -0.4}, "bet_value"),
        ({"currency_code": None}, "currency_code"),
        ({"campaign_code": ""}, "campaign_code"),
        ({"campaign_code": "x" * 129}, "campaign_code"),
        ({"campaign_code": "a\nb"}, "campaign_code"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"valid_to": None}, "valid_to"),
        ({"valid_to": "2020-01-01 00:00:00"}, "valid_to"),
    ],
    ids=str,
)
def test_a_grant_that_cannot_be_is_refused_by_name(
    studio: StudioProcess, operator: Operator, change: dict[str, Any], named: str
) -> None:
    player = Player(studio)
    answer = result(command(studio, "grant", terms(player, **change)))
    assert answer["error_code"] == "OP_50"
    assert named in answer["error_message"]
    assert left(player) == 0


def test_a_grant_is_given_once_however_often_it_is_asked(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    given = terms(player, user_ids=[player.user, "someone"], game_ids=[SLOT])
    first = result(command(studio, "grant", given))
    same = given | {"bet_value": "0.40", "count": "3", "user_ids": ["someone", player.user, player.user]}
    assert result(command(studio, "grant", same)) == first
    assert left(player) == 3
    for change in ({"count": 4}, {"bet_value": 1}, {"user_ids": [player.user]}, {"valid_to": "2099-01-01 00:00:00"}):
        answer = result(command(studio, "grant", given | change))
        assert answer["error_code"] == "OP_40"
        assert "campaign_code" in answer["error_message"]
    assert left(player) == 3
    assert told(studio, given["campaign_code"]) == (0, 6, "live")
    for name in ("grantstatus", "cancelgrant"):
        assert result(command(studio, name, {"campaign_code": "nobody's"}))["error_code"] == "OP_41"
        assert "campaign_code" in result(command(studio, name, {}))["error_message"]


def test_only_in_its_time_its_game_its_currency_for_its_players(studio: StudioProcess, operator: Operator) -> None:
    player, other = Player(studio), Player(studio)
    now = datetime.now(UTC)
    later = give(player, operator, valid_from=(now + timedelta(hours=1)).strftime(WHEN))
    gone = give(player, operator, valid_from="2020-01-01 00:00:00", valid_to="2020-01-02 00:00:00")
    foreign = give(player, operator, currency_code="USD")
    theirs = give(other, operator)
    assert [told(studio, code)[2] for code in (later, gone, foreign, theirs)] == ["pending", "expired", "live", "live"]
    assert told(studio, gone)[1] == 0
    assert left(player) == 0
    for code in (later, gone, foreign, theirs):
        assert ask(player, code, {"bet": "0.4"}).json()["error"]["code"] == "promotion_over"
    fun = Player(studio, mode="fun")
    assert fun.get("state")["promotion"] is None
    assert ask(fun, theirs, {"bet": "0.4"}).json()["error"]["code"] == "promotion_over"
    wrong = ask(other, theirs, {"bet": "1"})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "bet")
    assert operator.calls("BET") == []


def test_what_ends_first_is_offered_first(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    give(player, operator)
    soon = give(player, operator, valid_to=(datetime.now(UTC) + timedelta(hours=1)).strftime(WHEN), count=1)
    assert player.get("state")["promotion"]["campaign_code"] == soon
    assert play(player, soon)["promotion"]["left"] == 3


def test_a_campaign_the_operator_refuses_is_over(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, None)
    answer = play(player, code)
    assert (answer["round"]["state"], answer["round"]["code"]) == ("bet_refused", "OP_49")
    assert "over" in answer["round"]["message"]
    assert answer["promotion"] is None
    assert left(player) == 0
    assert told(studio, code) == (0, 0, "finished")
    assert play(player, None)["round"]["state"] == "settled"
    assert ask(player, code, {"bet": "0.4"}).json()["error"]["code"] == "promotion_over"
    assert reconcile(player, operator) == {"bet_refused": 1, "settled": 1}


def test_other_refusals_leave_it_as_it_was(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator)
    operator.refuse["BET"] = "OP_32"
    assert play(player, code)["round"]["state"] == "bet_refused"
    assert left(player) == 3
    assert told(studio, code) == (0, 3, "live")


@pytest.mark.parametrize(
    "fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.OP_47_AFTER, Fault.WRONG_HASH, Fault.SLOW]
)
def test_a_bet_that_was_cancelled_gives_its_stake_back(studio: StudioProcess, operator: Operator, fault: Fault) -> None:
    player = Player(studio)
    code = give(player, operator)
    faults = [fault]
    operator.fault = lambda kind, _: faults.pop() if kind == "BET" and faults else None
    ask(player, code, {"bet": "0.4"})
    player.settle()
    assert reconcile(player, operator) == {"canceled": 1}
    assert left(player) == operator.campaigns[player.user, code] == 3
    play(player, code)
    assert left(player) == operator.campaigns[player.user, code] == 2


def test_while_a_cancel_waits_its_stake_is_nobodys(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator, count=1)
    operator.fault = lambda kind, _: {"BET": Fault.DROP_AFTER, "cancel": Fault.HTTP_500}.get(kind)
    ask(player, code, {"bet": "0.4"})
    status = result(command(studio, "grantstatus", {"campaign_code": code}))
    assert (status["played"], status["remaining"], status["info"]["under_way"], status["state"]) == (0, 0, 1, "live")
    operator.behave()
    player.settle()
    assert told(studio, code) == (0, 1, "live")


def test_a_cancelled_grant_ends_and_its_round_under_way_settles(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator)
    player.arrange_free_spins()
    answer = ask(player, code, {"bet": "0.4"}).json()
    assert answer["round"]["more"]
    first = result(command(studio, "cancelgrant", {"campaign_code": code}))
    assert (first["played"], first["remaining"], first["state"]) == (1, 0, "canceled")
    assert result(command(studio, "cancelgrant", {"campaign_code": code})) == first
    while answer["round"]["more"]:
        answer = player.step(answer["round"])
    assert answer["round"]["state"] == "settled"
    assert operator.calls("WIN")[-1].data["context"]["campaign_code"] == code
    assert answer["promotion"] is None
    assert ask(player, code, {"bet": "0.4"}).json()["error"]["code"] == "promotion_over"
    assert reconcile(player, operator) == {"settled": 1}


def test_two_tabs_cannot_play_the_last_one_twice(studio: StudioProcess, operator: Operator) -> None:
    first = Player(studio, game_id=ROULETTE)
    second = Player(studio, game_id=BACCARAT, token=secrets.token_hex(12) + first.token[-12:])
    code = give(first, operator, kind="free_chips", game_ids=[ROULETTE, BACCARAT], bet_value=1, count=1)
    answers: list[httpx.Response] = []
    stakes = {first: "red", second: "banker"}

    def bet(player: Player, place: str) -> None:
        answers.append(ask(player, code, {"bets": [{"place": place, "amount": "1"}]}))

    threads = [threading.Thread(target=bet, args=stake) for stake in stakes.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(operator.calls("BET")) == 1


MOMENTS = [
    ("BET", "before", "canceled", 3),
    ("BET", "after", "canceled", 3),
    ("cancel", "after", "canceled", 3),
    ("WIN", "before", "settled", 2),
    ("WIN", "after", "settled", 2),
]


@pytest.mark.parametrize(("kind", "moment", "ends", "remaining"), MOMENTS, ids=lambda value: str(value))
def test_killed_in_a_promotional_round(
    studio: StudioProcess, operator: Operator, kind: str, moment: str, ends: str, remaining: int
) -> None:
    player = Player(studio)
    code = give(player, operator)
    killed = killed_at(studio, operator, kind, moment)
    with contextlib.suppress(httpx.HTTPError, AssertionError):
        play(player, code)
    assert killed.is_set()
    operator.behave()
    studio.stop()
    studio.start()
    player.settle()
    assert reconcile(player, operator) == {ends: 1}
    player.launch()
    assert left(player) == operator.campaigns[player.user, code] == remaining
    assert told(studio, code) == (3 - remaining, remaining, "live")


@pytest.fixture
def old_file(studio: StudioProcess) -> StudioProcess:
    """A file as it was before there were grants."""
    studio.kill()
    import sqlite3

    with sqlite3.connect(studio.data_dir / "studio.sqlite3") as db:
        db.execute("DROP INDEX rounds_by_campaign")
        for column in ("campaign_code", "campaign_total", "campaign_left"):
            db.execute(f"ALTER TABLE rounds DROP COLUMN {column}")
        db.executescript("DROP TABLE grant_shares; DROP TABLE grants")
    studio.start()
    return studio


def test_an_older_file_is_brought_up_to_date(old_file: StudioProcess, operator: Operator) -> None:
    player = Player(old_file)
    assert play(player, None)["round"]["state"] == "settled"
    assert play(player, give(player, operator))["round"]["state"] == "settled"
    assert reconcile(player, operator) == {"settled": 2}


def test_open_pages_hear_of_grants(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    url = f"{studio.url}/api/{player.session}/events"
    code = ""
    with httpx.stream("GET", url, timeout=10) as stream:
        lines = stream.iter_lines()
        for line in lines:
            if line.startswith("data:") and not code:
                code = give(player, operator)
            if code and line == "event: promotion":
                break
        assert f'"{code}"' in next(lines)


def test_the_catalogue_says_what_each_game_takes(studio: StudioProcess) -> None:
    games = result(command(studio, "games", {}))["games"]
    assert {game["gameId"]: (game["hasFreeRound"], game["hasFreeChip"]) for game in games} == {
        SLOT: (True, False), ROULETTE: (False, True), BACCARAT: (False, True), DICE: (False, False), 5: (False, False),
    }  # fmt: skip


def test_the_log_of_a_round_names_who_paid(studio: StudioProcess, operator: Operator) -> None:
    player = Player(studio)
    code = give(player, operator)
    round_ = play(player, code)["round"]
    log = result(command(studio, "roundlog", {"user_id": player.user, "round_id": int(round_["id"])}))
    assert {"key": "Paid by campaign", "value": code} in log["rows"]
    eventually(lambda: player.get("history")["rounds"][0]["campaign_code"] == code, "the history names it")
