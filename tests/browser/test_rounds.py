"""Rounds in the back office: what was really played is found by whatever is known of it, and its timeline says what happened."""

import itertools
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from desk import ZONE, visiting
from playwright.sync_api import Browser, Page, expect
from purse import Purse, number, opened, round_over

from platform_peer import Answer, Platform
from running_sandbox import RunningSandbox, wait_until

DICE = "house_00004"
_numbers = itertools.count(7 * 10**17)


class House:
    """The house studio's own words to the hub, about one player of the first agent."""

    def __init__(self, desk: RunningSandbox) -> None:
        known = desk.credentials["providers"][0]
        self.desk = desk
        self.purse = Purse(desk)
        launch = desk.launch(self.purse.username, "EUR", DICE)
        [row] = desk.fetch(
            "SELECT w.user_in_game, g.provider_game_id FROM wallet w JOIN player p USING (agent_id, player_id), game g"
            " WHERE p.username = $1 AND g.code = $2", self.purse.username, DICE,
        )  # fmt: skip
        self.user, self.game, self.token = row["user_in_game"], row["provider_game_id"], launch["token"]
        self.agent_id = desk.agent["agent_id"]
        self.platform = Platform(known["wallet_url"], known["operator_id"], known["secret_key"])

    def words(self, kind: str, amount: str, round_id: int, **more: Any) -> dict[str, Any]:
        return {
            "transaction_type": kind, "amount": amount, "currency_code": "EUR", "transaction_id": next(_numbers),
            "round_id": round_id, "round_finished": False, "game_id": self.game, "user_id": self.user, "token": self.token,
        } | more  # fmt: skip

    def change(self, kind: str, amount: str, round_id: int, **more: Any) -> Answer:
        return self.platform.change(self.words(kind, amount, round_id, **more))

    def rounds(self, **query: object) -> str:
        return f"/agents/{self.agent_id}/rounds?" + "&".join(f"{name}={value}" for name, value in query.items())


@pytest.fixture
def house(desk: RunningSandbox) -> Iterator[House]:
    made = House(desk)
    yield made
    made.platform.close()


def row_of(page: Page, round_id: object) -> Any:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=str(round_id), exact=True))


def euros(text: str) -> Decimal:
    """An amount as it is shown; it must name its currency."""
    assert text.endswith(" EUR")
    return Decimal(text.removesuffix(" EUR").replace(",", ""))


def facts(group: Any) -> dict[str, str]:
    """What a card says, by name."""
    names, values = group.locator("dt").all_inner_texts(), group.locator("dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


def test_a_game_played_in_the_browser_is_a_round_with_its_log(browser: Browser, desk: RunningSandbox) -> None:
    purse = Purse(desk)
    with opened(browser, purse.launch_url(DICE), "desktop") as game:
        before, held = purse.finished, purse.balance
        stake = number(game.get_by_test_id("bet").inner_text())
        game.get_by_test_id("spin").click()
        round_over(game, purse, before)
        rolled = game.get_by_test_id("past").locator(".ball").first.inner_text()
        won = purse.balance - held + stake
    [row] = desk.fetch(
        "SELECT r.round_id FROM round r JOIN wallet w ON w.id = r.wallet_id JOIN player p USING (player_id) WHERE p.username = $1",
        purse.username,
    )
    with visiting(browser, desk, f"/agents/{desk.agent['agent_id']}/rounds") as page:
        # A browser's first page is made again once its time zone is known, with nothing filled in.
        page.wait_for_function("document.cookie.includes('pitboss_zone')")
        page.goto(f"/agents/{desk.agent['agent_id']}/rounds")
        page.get_by_label("Player").fill(purse.username)
        page.get_by_label("Player").press("Enter")
        expect(page).to_have_url(re.compile(f"player={purse.username}"))
        expect(page.get_by_role("row")).to_have_count(2)
        expect(row_of(page, row["round_id"])).to_contain_text("finished")
        page.get_by_role("link", name=row["round_id"], exact=True).click()
        expect(page.get_by_role("heading", name=f"Round {row['round_id']}")).to_be_visible()
        bet = page.get_by_role("group", name=re.compile("^Bet "))
        told = facts(bet)
        assert (euros(told["Real money"]), euros(told["Balance before"])) == (-stake, held)
        assert euros(told["Balance after"]) == held - stake == euros(told["Answer"].removeprefix("balance "))
        expect(bet).to_contain_text("signature good")
        expect(bet).to_contain_text("the player's money → the house")
        win = facts(page.get_by_role("group", name=re.compile("^Win ")))
        assert (euros(win["Balance after"]), euros(win["Real money"])) == (held - stake + won, won)
        page.get_by_role("button", name="Show the game").click()
        expect(page.get_by_role("group", name="Game log")).to_contain_text(rolled)


def test_a_timeline_tells_refusals_cancels_and_what_was_forged(browser: Browser, house: House) -> None:
    round_id = next(_numbers)
    first, second = house.words("BET", "10", round_id), house.words("BET", "2.5", round_id)
    for words in (first, second):
        assert house.platform.change(words).code == "OK"
    assert house.change("BET", "9999", round_id).code == "OP_31"
    assert house.platform.call("changebalance", house.words("WIN", "400", round_id), hash="0" * 40).code == "OP_20"
    assert house.platform.cancel(second).data["transaction_status"] == "CANCELED"
    assert house.change("WIN", "7.77", round_id, round_finished=True).code == "OK"
    path = f"/agents/{house.agent_id}/rounds/house/{house.user}/{round_id}"
    wait_until(lambda: bool(house.desk.fetch("SELECT FROM api_error WHERE error = 'OP_20'")))
    with visiting(browser, house.desk, path) as page:
        cards = page.locator(".step")
        expect(cards).to_have_count(6)
        heads = [head.split("\n") for head in page.locator(".step-head").all_inner_texts()]
        assert [head[:2] for head in heads] == [
            ["Bet", "stood"], ["Bet", "cancelled"], ["Bet", "refused"], ["changebalance failed", "studio → hub"],
            ["Cancel", "stood"], ["Win", "stood"],
        ]  # fmt: skip
        expect(cards.nth(3)).to_contain_text("signature or time refused")
        cards.nth(3).get_by_role("button", name=re.compile("Request")).click()
        expect(cards.nth(3).locator(".words").first).to_contain_text(str(round_id))
        assert house.token not in page.content() and house.platform.secret not in page.content()
        # 500.00, less 10.00 and 2.50; the 2.50 back; 7.77 won.
        afterwards = [euros(facts(cards.nth(place))["Balance after"]) for place in (0, 1, 2, 4, 5)]
        assert afterwards == [Decimal(text) for text in ("490", "487.5", "487.5", "490", "497.77")]
        assert facts(cards.nth(2))["Answer"] == "insufficient funds"
        assert facts(cards.nth(1))["Undone by"] == facts(cards.nth(4))["Hub's number"]
        whole = facts(page.locator(".facts").first)
        told = [euros(whole[name]) for name in ("Staked", "Given back", "Won")]
        assert told == [Decimal("12.5"), Decimal("2.5"), Decimal("7.77")]
        # Each of its ids finds it.
        for name in ("Studio's id", "Hub's number", "History item", "Wallet transaction"):
            page.goto(house.rounds(transaction=facts_of(page, path)[name]))
            expect(row_of(page, round_id)).to_have_count(1)
        page.goto(f"/agents/{house.agent_id}/rounds/house/{house.user}/1")
        expect(page.get_by_text("has no round 1 at house")).to_be_visible()


def facts_of(page: Page, path: str) -> dict[str, str]:
    """Those of the first message of a timeline."""
    page.goto(path)
    expect(page.locator(".step").first).to_be_visible()
    return facts(page.locator(".step").first)


def test_filters_and_pages_stand_in_the_address(browser: Browser, house: House) -> None:
    rounds = [next(_numbers) for _ in range(57)]
    for place, round_id in enumerate(rounds):
        assert house.change("BET", "1", round_id, round_finished=place % 19 == 0).code == "OK"
    player = house.purse.username
    with visiting(browser, house.desk, house.rounds(player=player)) as page:
        expect(page.get_by_role("row")).to_have_count(51)
        shown = page.locator("td a.mono").all_inner_texts()
        page.get_by_role("link", name="Older").click()
        expect(page.get_by_role("row")).to_have_count(8)
        shown += page.locator("td a.mono").all_inner_texts()
        assert shown == [str(round_id) for round_id in rounds[::-1]]
        expect(page.get_by_role("link", name="Older")).to_have_count(0)
        page.get_by_role("link", name="Newer").click()
        expect(page.get_by_role("row")).to_have_count(51)
        page.get_by_label("State").select_option("finished")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("state=finished"))
        expect(page.get_by_role("row")).to_have_count(4)
        expect(page.get_by_label("Player")).to_have_value(player)
        page.get_by_label("Round id").fill(str(rounds[0]))
        page.get_by_label("Round id").press("Enter")
        expect(page.get_by_role("row")).to_have_count(2)
        # A time is the viewer's own.
        [row] = house.desk.fetch(
            "SELECT to_char(opened_at AT TIME ZONE $2, 'YYYY-MM-DD\"T\"HH24:MI') AS here,"
            " to_char((opened_at + interval '5 min') AT TIME ZONE $2, 'YYYY-MM-DD\"T\"HH24:MI') AS later"
            " FROM round WHERE round_id = $1",
            str(rounds[0]), ZONE,
        )  # fmt: skip
        for query, count in (
            ({"since": row["here"]}, 51), ({"until": row["later"]}, 51), ({"until": row["here"]}, 0), ({"since": row["later"]}, 0),
        ):  # fmt: skip
            page.goto(house.rounds(player=player, **query))
            # The address says the same to everybody, the field what the viewer's clock does.
            [(member, entered)] = query.items()
            at = datetime.fromisoformat(entered).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
            expect(page).to_have_url(re.compile(re.escape(urlencode({member: f"{at:%Y-%m-%dT%H:%M:%SZ}"}))))
            expect(page.get_by_label("Opened from" if member == "since" else "until")).to_have_value(entered)
            expect(page.get_by_label("Player")).to_have_value(player)
            expect(page.get_by_role("row")).to_have_count(count)
            expect(page.get_by_text("Widen the time, or clear the filter.")).to_have_count(0 if count else 1)
        page.goto(house.rounds(player=player, game=DICE, money="real"))
        expect(page.get_by_role("row")).to_have_count(51)
        page.goto(house.rounds(player=player, money="bonus"))
        expect(page.get_by_text("Widen the time")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"player": "nobody0000"}, "Nobody here is called that"),
        ({"game": "no such game"}, "is no game's code, number or name"),
        ({"state": "refused"}, "name one"),
        ({"state": "x"}, "must be one of open, finished"),
        ({"since": "yesterday"}, "must be a time such as"),
        ({"page": "x"}, "is no page of this search"),
        ({"round": "%00"}, "No round like that"),
        ({"transaction": "zzz"}, "Widen the time"),
    ],
)
def test_what_cannot_be_found_is_told(browser: Browser, house: House, query: dict[str, str], said: str) -> None:
    with visiting(browser, house.desk, house.rounds(**query)) as page:
        expect(page.locator(".empty")).to_contain_text(said)
        expect(page.get_by_label("Player")).to_be_visible()


def test_another_agents_rounds_are_nobodys_here(browser: Browser, house: House) -> None:
    round_id = next(_numbers)
    assert house.change("BET", "1", round_id).code == "OK"
    name, other = f"w{secrets.token_hex(4)}", house.desk.credentials["agents"][1]["agent_id"]
    password = house.desk.cli("staff", "create", name, "--role", "viewer", "--agent", str(other), "--json").stdout
    word = re.search('"password": "([^"]+)"', password)
    assert word is not None
    with visiting(browser, house.desk, f"/agents/{other}/rounds?round={round_id}", name, word[1]) as page:
        expect(page.locator(".empty")).to_contain_text("No round like that")
        for path in (
            f"/agents/{house.agent_id}/rounds",
            f"/agents/{house.agent_id}/rounds/house/{house.user}/{round_id}",
        ):
            page.goto(path)
            expect(page.get_by_text(f"There is no agent {house.agent_id} here.")).to_be_visible()
        page.goto(f"/agents/{other}/rounds/house/{house.user}/{round_id}")
        expect(page.get_by_text(f"has no round {round_id} at house")).to_be_visible()
