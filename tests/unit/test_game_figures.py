"""Figures of games from a stream of events: by hand, against an independent count, and whatever stretches it is read in."""

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pitboss.domain.reports.game_figures import Gathered, OpenRound, PlayEvent, Seat, Sums, gather, is_promotional

AT = datetime(2026, 3, 1, tzinfo=UTC)


def event(
    kind: str, moved: int, round_id: str = "r1", *, undoes: str | None = None, finished: bool = False, user: str = "u",
    promotional: bool = False, game: int = 1,
) -> PlayEvent:  # fmt: skip
    return PlayEvent(kind, undoes, user, "EUR", game, round_id, finished, moved, promotional, AT)


def sums_of(*events: PlayEvent) -> Sums:
    return gather(events, {}).of(1, "EUR")


def test_a_round_counts_when_it_is_over() -> None:
    bet, win = event("bet", -100), event("win", 250, finished=True)
    assert gather([bet], {}).sums == {}
    assert gather([bet], {}).seats == {Seat("u", 1): OpenRound("EUR", "r1", 100, 0, AT)}
    assert sums_of(bet, win) == Sums(1, 100, 250, 10_000, 62_500, 25_000, 0, 0)


def test_a_round_left_open_counts_with_the_players_next_one() -> None:
    gathered = gather([event("bet", -100), event("win", 250), event("bet", -30, "r2")], {})
    assert gathered.of(1, "EUR") == Sums(1, 100, 250, 10_000, 62_500, 25_000)
    assert gathered.seats[Seat("u", 1)] == OpenRound("EUR", "r2", 30, 0, AT)


def test_other_players_and_other_games_are_rounds_of_their_own() -> None:
    gathered = gather(
        [event("bet", -1), event("bet", -1, "r2", user="v"), event("bet", -1, "r3", game=2), event("win", 3, finished=True)],
        {},
    )  # fmt: skip
    assert gathered.of(1, "EUR").rounds == 1
    assert set(gathered.seats) == {Seat("u", 1), Seat("v", 1), Seat("u", 2)}
    assert gathered.seats[Seat("u", 1)] is None


def test_what_was_refunded_or_cancelled_is_no_turnover() -> None:
    refunded = sums_of(event("bet", -100), event("refund", 40), event("win", 0, finished=True))
    assert (refunded.rounds, refunded.staked, refunded.won) == (1, 60, 0)
    undone = sums_of(event("bet", -100), event("cancel", 100, undoes="bet", finished=True))
    assert (undone.rounds, undone.staked, undone.won) == (0, 0, 0)
    without_win = sums_of(event("bet", -100), event("win", 300), event("cancel", -300, undoes="win", finished=True))
    assert (without_win.rounds, without_win.staked, without_win.won) == (1, 100, 0)
    refund_undone = sums_of(
        event("bet", -100), event("refund", 40), event("cancel", -40, undoes="refund"), event("win", 0, finished=True)
    )
    assert refund_undone.staked == 100


def test_a_late_change_keeps_the_sums_exact() -> None:
    late = sums_of(event("bet", -100), event("win", 0, finished=True), event("win", 70, finished=True))
    assert (late.rounds, late.staked, late.won) == (1, 100, 70)
    cancelled = sums_of(event("bet", -100, finished=True), event("cancel", 100, undoes="bet", finished=True))
    assert (cancelled.staked, cancelled.won) == (0, 0)


def test_promotional_stakes_stand_apart() -> None:
    sums = sums_of(
        event("bet", 0, promotional=True), event("win", 500, promotional=True, finished=True),
        event("bet", 0, "r2", promotional=True), event("cancel", 0, "r2", undoes="bet", promotional=True),
    )  # fmt: skip
    assert sums == Sums(promo_stakes=1, promo_won=500)
    assert is_promotional("PROMO-FREESPIN", None) and is_promotional(None, "FS-1")
    assert not is_promotional("JACKPOT", None) and not is_promotional(None, None)


MOVES = st.lists(
    st.tuples(
        st.sampled_from("uv"), st.integers(1, 2), st.integers(1, 4), st.sampled_from(["bet", "win", "refund", "finish"]),
        st.integers(0, 50),
    ),
    max_size=40,
)  # fmt: skip


def stream(moves: list[tuple[str, int, int, str, int]]) -> list[PlayEvent]:
    """Events as a hub would tell them: a refund gives back no more than was staked, `finish` ends with a zero win."""
    staked: dict[tuple[str, int, int], int] = {}
    events = []
    for user, game, number, kind, amount in moves:
        key = (user, game, number)
        if kind == "bet":
            staked[key] = staked.get(key, 0) + amount
        if kind == "refund":
            amount = min(amount, staked.get(key, 0))
            staked[key] = staked.get(key, 0) - amount
        moved = 0 if kind == "finish" else -amount if kind == "bet" else amount
        told = "win" if kind == "finish" else kind
        events.append(event(told, moved, f"r{number}", user=user, game=game, finished=kind == "finish"))
    return events


@settings(max_examples=300, deadline=None)
@given(moves=MOVES, cuts=st.lists(st.integers(0, 40), max_size=6))
def test_the_sums_are_all_that_was_played_whatever_the_stretches(
    moves: list[tuple[str, int, int, str, int]], cuts: list[int]
) -> None:
    events = stream(moves)
    whole = gather(events, {})
    for game in (1, 2):
        mine = [one for one in events if one.game_id == game]
        sums = whole.sums.get((game, "EUR"), Sums())
        sitting = [seat for key, seat in whole.seats.items() if key.game_id == game and seat is not None]
        # Counted another way: money in, money out, less what is still being played.
        assert sums.staked + sum(seat.staked for seat in sitting) == -sum(
            one.moved for one in mine if one.kind != "win"
        )
        assert sums.won + sum(seat.won for seat in sitting) == sum(one.moved for one in mine if one.kind == "win")
        # The spread is never less than that of the same money in one lump a round.
        if sums.staked:
            assert sums.staked_squares >= Fraction(sums.staked**2, max(1, len(mine)))

    seats: dict[Seat, OpenRound] = {}
    total: dict[tuple[int, str], list[int]] = {}
    edges = sorted({0, len(events), *(cut for cut in cuts if cut < len(events))})
    for start, end in pairwise(edges):
        part: Gathered = gather(events[start:end], dict(seats))
        for seat, round_ in part.seats.items():
            if round_ is None:
                seats.pop(seat, None)
            else:
                seats[seat] = round_
        for key, sums in part.sums.items():
            have = total.setdefault(key, [0] * 8)
            total[key] = [a + b for a, b in zip(have, _members(sums), strict=True)]
    assert total == {key: _members(sums) for key, sums in whole.sums.items()}
    assert seats == {seat: round_ for seat, round_ in whole.seats.items() if round_ is not None}


def _members(sums: Sums) -> list[int]:
    return [getattr(sums, name) for name in Sums.__dataclass_fields__]
