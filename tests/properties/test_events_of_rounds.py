"""Whatever stakes, refunds and cancels do to a round: its events add up, with and without `corrects`."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pitboss.domain.events.event import Event
from pitboss.domain.events.own_play import Teller, stakes_changed, told, win_undone
from pitboss.domain.reports.quarters import Played

AT = datetime(2026, 3, 1, tzinfo=UTC)


def played(
    version: int, kind: str, moved: int, bonus: int = 0, of: str | None = None, campaign: str | None = None
) -> Played:
    return Played(kind, of is not None, of or f"t{version}", version, 1, moved, bonus, None, None, campaign, AT)


def id_of(each: Played) -> str:
    return f"{each.version:032x}"


def events_of(round_: list[Played]) -> list[Event]:
    """The events of the round's last transaction."""
    last = round_[-1]
    teller = Teller(id_of(last), AT, "p", "r", "EUR", 2, {1: "g"})
    if last.kind == "win":
        wins = {each.provider_tx_id: each for each in round_ if each.kind == "win" and not each.is_cancel}
        win = wins[last.provider_tx_id]
        return win_undone(teller, win, id_of(win)) if last.is_cancel else told(teller, last)
    return told(teller, last) if last.kind == "bet" and not last.is_cancel else stakes_changed(teller, round_, id_of)


@st.composite
def rounds(draw: st.DrawFn) -> list[Played]:
    """As the engine lets them happen: refunds never beyond what is staked, each transaction undone once at most."""
    round_: list[Played] = []
    live: list[Played] = []
    staked = returned = 0
    for version in range(1, draw(st.integers(1, 12)) + 1):
        choice = draw(st.sampled_from(["bet", "bet", "win", "refund", "cancel"]))
        undone = draw(st.sampled_from(live)) if choice == "cancel" and live else None
        if choice == "refund" and staked > returned:
            amount = draw(st.integers(0, staked - returned))
            in_bonus = 0
            round_.append(played(version, "refund", amount, in_bonus))
            returned += amount
        elif undone is not None and not (undone.kind == "bet" and returned - undone.moved > staked):
            live.remove(undone)
            round_.append(played(version, undone.kind, -undone.moved, -undone.bonus, undone.provider_tx_id))
            returned -= undone.moved if undone.kind in ("bet", "refund") else 0
            continue
        elif choice == "win":
            real, bonus = draw(st.integers(0, 900)), draw(st.sampled_from([0, 0, 40]))
            round_.append(played(version, "win", real + bonus, bonus, None, draw(st.sampled_from([None, "gift"]))))
        else:
            amount = draw(st.integers(0, 900))
            round_.append(played(version, "bet", -amount))
            staked += amount
        live.append(round_[-1])
    return round_


def signed(event: Event) -> Decimal:
    assert event.amount is not None
    return Decimal(event.amount) * (1 if event.is_win else -1)


@given(rounds())
@settings(max_examples=400, deadline=None)
def test_events_add_up_to_what_was_moved_and_corrections_name_what_stands(round_: list[Played]) -> None:
    standing: dict[str, Event] = {}
    told_events: list[Event] = []
    for place, last in enumerate(round_):
        events = events_of(round_[: place + 1])
        # Somebody who ignores `corrects` has the revenue right after every transaction.
        assert sum(map(signed, events), Decimal(0)) == Decimal(last.moved) / 100
        for event in events:
            assert event.unique_id not in {each.unique_id for each in told_events}
            if event.corrects is None:
                standing[event.unique_id] = event
            else:
                taken_back = standing.pop(event.corrects)
                assert event.amount == taken_back.amount and event.is_bonus == taken_back.is_bonus
                assert event.is_win is not taken_back.is_win and event.game_id == taken_back.game_id
            told_events.append(event)
    _same_turnover(round_, told_events)


def _same_turnover(round_: list[Played], events: list[Event]) -> None:
    """Somebody who knows `corrects` has the turnover: stakes less what was given back, cancelled ones not counted at all."""
    gone = {each.provider_tx_id for each in round_ if each.is_cancel}
    stood = [each for each in round_ if not each.is_cancel and each.provider_tx_id not in gone]
    turnover = -sum(each.moved for each in stood if each.kind == "bet")
    turnover -= sum(each.moved for each in stood if each.kind == "refund")
    counted = Decimal(0)
    for event in events:
        # A correction is on the other side than what it takes back.
        is_stake = event.is_win is (event.corrects is not None)
        if is_stake and not event.is_bonus:
            counted += Decimal(event.amount or 0) * (1 if event.corrects is None else -1)
    assert counted == Decimal(turnover) / 100
