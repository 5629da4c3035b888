"""Rounds are found by whatever a person knows of them, once each, and another agent's never."""

from datetime import UTC, datetime, timedelta

import pytest
from round_casino import RoundCasino, fresh

from pitboss.domain.invalid import Invalid
from pitboss.storage.rounds import search
from pitboss.storage.rounds.rows import RoundState
from pitboss.storage.rounds.search import WantedState

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_round_is_found_by_every_id_of_it_and_of_its_messages(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, other = casinos
    guest, stranger = await casino.player(), await other.player()
    context = {"reason": "SPIN", "history_id": "hist-77"}
    bet, win, undone, round_id = fresh(), fresh(), fresh(), fresh()
    await casino.say("BET", guest, "2", round_id, transaction_id=bet, context=context)
    casino.diary.append(str(round_id))
    await casino.say("BET", guest, "3", round_id, transaction_id=undone)
    assert (await casino.cancel(guest, undone, round_id)).code == "OK"
    await casino.say("WIN", guest, "1", round_id, transaction_id=win)
    await casino.round(guest)
    # The same ids of the same studio, at another agent.
    for tx in (bet, win, undone):
        await other.say("BET", stranger, "2", round_id, transaction_id=tx, context={"reason": "SPIN"})
    for tx, is_cancel in ((bet, False), (win, False), (undone, False), (undone, True)):
        row = await casino.message(tx, is_cancel)
        for known_as in (str(tx), str(row["number"]), row["id"].hex, row["wallet_tx_id"].hex, f" {tx} "):
            page = await casino.find(transaction=known_as)
            assert [(found.round_id, found.wallet_id) for found in page.rows] == [(str(round_id), guest.wallet_id)], (
                known_as
            )
            assert page.older is None and page.newer is None
        for known_as in (str(row["number"]), row["id"].hex, row["wallet_tx_id"].hex):
            assert await other.found(transaction=known_as) == []
    assert (
        await casino.found(transaction="hist-77") == [str(round_id)] and await other.found(transaction="hist-77") == []
    )
    number = await casino.number_of(str(round_id))
    for known_as in (str(round_id), number):
        for player in (None, guest.user_id, guest.player_id):
            assert await casino.found(round=known_as, player=player) == [str(round_id)]
    assert await other.found(round=number) == []
    [theirs] = (await other.find(round=str(round_id))).rows
    assert theirs.player_id == stranger.player_id
    assert await casino.found(round=str(round_id), player=(await casino.player()).player_id) == []
    for nothing in ("nothing", "0" * 32, "f" * 32, "9" * 18, "9" * 30, "-1", "1\0", "\ud800", "%", "'"):
        assert await casino.found(transaction=nothing) == [] and await casino.found(round=nothing) == []


async def test_a_player_is_known_by_every_name(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, other = casinos
    guest, somebody = await casino.player(username="known1"), await other.player(username="known1")
    await casino.world.owner.execute(
        "UPDATE player SET operator_user_id = 'Op|7' WHERE player_id = $1", guest.player_id
    )
    mine = [await casino.round(guest) for _ in range(3)][::-1]
    theirs = await other.round(somebody)
    for name in ("known1", guest.player_id, guest.user_id, "Op|7", "  known1 "):
        assert await casino.found(player=name) == mine
    assert await other.found(player="known1") == [theirs]
    for name in (somebody.player_id, somebody.user_id, "nobody1", "known", "agent-EUR", "a\0b", "\ud800"):
        page = await casino.find(player=name)
        assert page.nobody and page.rows == []
    newcomer = await casino.find(player=(await casino.player()).player_id)
    assert newcomer.rows == [] and not newcomer.nobody


async def test_state_game_time_and_money_narrow_it(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, _ = casinos
    before = datetime.now(UTC)
    guest = await casino.player()
    finished, opened = await casino.round(guest), await casino.open_round(guest)
    between = datetime.now(UTC)
    returned, undone = await casino.open_round(guest), await casino.open_round(guest)
    await casino.say("REFUND", guest, "2", int(returned))
    assert (await casino.cancel(guest, int((await casino.opening(undone))["provider_tx_id"]), undone)).code == "OK"
    table = await casino.round(guest, game_id=46)
    code = await casino.give(guest, 0)
    free = fresh()
    await casino.say(
        "BET", guest, "1", free, context={"reason": "PROMO-FREESPIN", "campaign_code": code}, round_finished=True
    )
    table_game = casino.world.hub.live.current.games_by_provider[casino.world.provider_id, 46].id
    after = datetime.now(UTC)
    for player in (None, guest.player_id):
        wanted = {"player": player, "since": before, "until": after}
        assert await casino.found(**wanted) == [str(free), table, undone, returned, opened, finished]
        assert await casino.found(**wanted, state=WantedState.FINISHED) == [str(free), table, finished]
        assert await casino.found(**wanted, state=WantedState.OPEN) == [opened]
        assert await casino.found(**wanted, state=WantedState.RETURNED) == [undone, returned]
        assert await casino.found(**wanted, state=WantedState.UNKNOWN) == []
        assert await casino.found(**wanted, game_id=table_game) == [table]
        assert await casino.found(**wanted, in_bonus=True) == [str(free)]
        assert await casino.found(**wanted, in_bonus=False) == [table, undone, returned, opened, finished]
        assert await casino.found(player=player, since=before, until=between) == [opened, finished]
        assert (await casino.found(player=player, since=between, until=after))[-1:] == [returned]
        assert await casino.found(player=player, since=after) == []
        assert await casino.found(player=player, until=before - timedelta(days=3650)) == []
        assert await casino.found(player=player, since=datetime.min.replace(tzinfo=UTC), until=before) == [
            round_id for round_id in casino.diary[::-1] if round_id < finished and player is None
        ]
    states = {row.round_id: row.state for row in (await casino.find(player=guest.player_id)).rows}
    assert states == {
        finished: RoundState.FINISHED, opened: RoundState.OPEN, returned: RoundState.RETURNED, undone: RoundState.RETURNED,
        table: RoundState.FINISHED, str(free): RoundState.FINISHED,
    }  # fmt: skip
    # Filters hold for what is looked up as well.
    assert await casino.found(round=table, game_id=table_game, state=WantedState.FINISHED, since=before) == [table]
    assert await casino.found(round=table, state=WantedState.OPEN) == []
    assert await casino.found(round=table, until=between) == []


async def test_what_never_opened_is_found_as_well(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, other = casinos
    guest, stranger = await casino.player(cents=100), await other.player()
    poor, early = fresh(), fresh()
    tx, never = fresh(), fresh()
    for _ in range(2):
        assert (await casino.world.change("BET", guest, tx, 5, round_id=poor)).code == "OP_31"
    assert (await casino.world.change("BET", guest, fresh(), 6, round_id=poor)).code == "OP_31"
    assert (await casino.cancel(guest, never, early)).code == "OP_41"
    [row] = (await casino.find(player=guest.player_id, state=WantedState.REFUSED)).rows
    assert (row.round_id, row.number, row.state, row.staked, row.bets) == (str(poor), None, RoundState.NOTHING, 0, 0)
    assert row.opened_at == row.changed_at and abs(datetime.now(UTC) - row.opened_at) < timedelta(minutes=5)
    assert row.game_id == casino.world.hub.live.current.games_by_provider[casino.world.provider_id, 200].id
    assert await casino.found(transaction=str(tx)) == [str(poor)]
    assert await casino.found(round=str(poor), player=guest.player_id) == [str(poor)]
    assert await casino.found(transaction=str(never)) == [str(early)]
    assert await casino.found(player=guest.player_id) == []
    assert await other.found(transaction=str(tx)) == []
    assert await other.found(player=stranger.player_id, state=WantedState.REFUSED) == []
    with pytest.raises(Invalid, match="player"):
        await casino.find(state=WantedState.REFUSED)


@pytest.mark.parametrize(("size", "most"), [(1, 20_000), (3, 20_000), (200, 20_000), (3, 2), (2, 5)])
async def test_paging_gives_each_round_once_while_new_ones_arrive(
    casinos: tuple[RoundCasino, RoundCasino], monkeypatch: pytest.MonkeyPatch, size: int, most: int
) -> None:
    # `most`: how many messages are looked through for a page; with few the pages are not full.
    monkeypatch.setattr(search, "MOST", most)
    casino, _ = casinos
    guest = await casino.player()
    yen = await casino.player(currency="JPY", username=f"other{fresh()}")
    await casino.world.owner.execute(
        "UPDATE wallet SET player_id = $2, user_in_game = $3 WHERE id = $1",
        yen.wallet_id,
        guest.player_id,
        f"{guest.player_id}-JPY",
    )
    yen = yen._replace(user_id=f"{guest.player_id}-JPY")
    await casino.world.owner.execute("UPDATE session SET player_id = $2 WHERE token = $1", yen.token, guest.player_id)
    seats = [(guest, "EUR"), (guest, "EUR"), (yen, "JPY")]
    mine: list[str] = []
    began = datetime.now(UTC)
    for place in range(7):
        player, currency = seats[place % 3]
        mine.append(await casino.open_round(player, currency_code=currency))
        if place == 3:
            await casino.say("WIN", guest, "1", int(mine[0]))
    for player in (None, guest.player_id):
        wanted = {"player": player, "since": began}
        there: list[str] = []
        back: list[str] = []
        expected = mine[::-1]
        page = await casino.find(None, size, **wanted)
        while True:
            assert len(page.rows) <= size
            there += [str(row.round_id) for row in page.rows]
            if page.older is None:
                break
            # Meanwhile others play, and a round that was seen goes on.
            mine.append(await casino.open_round(guest))
            await casino.say("WIN", guest, "1", int(mine[1]))
            page = await casino.find(page.older, size, **wanted)
        assert there == expected
        last = {str(row.round_id) for row in page.rows}
        while page.newer is not None:
            page = await casino.find(page.newer, size, **wanted)
            back = [str(row.round_id) for row in page.rows] + back
        # On the way back there is what has come since, too.
        assert back == [each for each in mine[::-1] if each not in last] or size == 200


async def test_a_page_says_how_far_it_looked(
    casinos: tuple[RoundCasino, RoundCasino], monkeypatch: pytest.MonkeyPatch
) -> None:
    casino, _ = casinos
    guest = await casino.player()
    opened = await casino.open_round(guest)
    row = await casino.opening(opened)
    for _ in range(5):
        await casino.round(guest)
    monkeypatch.setattr(search, "MOST", 4)
    monkeypatch.setattr(search, "MOST_FOR_A_NUMBER", 4)
    seen, number = [], await casino.number_of(opened)
    for wanted in ({"state": WantedState.OPEN}, {"round": number}, {"transaction": str(row["number"])}):
        page = await casino.find(**wanted)
        assert page.rows == [] and page.looked_to is not None and page.looked_to > row["at"]
        seen = []
        while page.looked_to is not None and not page.rows and page.older is not None:
            seen.append(page.looked_to)
            page = await casino.find(page.older, **wanted)
        assert [found.round_id for found in page.rows][:1] == [opened]
        assert len(seen) >= 2 and seen == sorted(seen, reverse=True)


async def test_a_table_of_many_players_is_one_round_with_many_parts(casinos: tuple[RoundCasino, RoundCasino]) -> None:
    casino, _ = casinos
    round_id = fresh()
    guests = [await casino.player() for _ in range(5)]
    for guest in guests:
        await casino.say("BET", guest, "2", round_id)
    seen = []
    page = await casino.find(size=2, round=str(round_id))
    while True:
        seen += [row.wallet_id for row in page.rows]
        if page.older is None:
            break
        page = await casino.find(page.older, 2, round=str(round_id))
    assert seen == [guest.wallet_id for guest in guests][::-1]
    newer = await casino.find(page.newer, 2, round=str(round_id))
    assert [row.wallet_id for row in newer.rows] == [guest.wallet_id for guest in guests[1:3]][::-1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "o", "o12", "n" + "g" * 32, "oEUR", "oEUR.x", "o" + "0" * 33, "oEUR.1~", "\0"]
)
async def test_a_cursor_that_is_none_is_refused_by_name(casinos: tuple[RoundCasino, RoundCasino], cursor: str) -> None:
    casino, _ = casinos
    guest = await casino.player()
    for wanted in ({}, {"round": "1"}, {"player": guest.player_id}, {"state": WantedState.UNKNOWN}):
        if cursor == "o" and "player" in wanted:
            continue
        with pytest.raises(Invalid, match="page"):
            await casino.find(cursor, **wanted)
