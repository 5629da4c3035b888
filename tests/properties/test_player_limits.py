"""A player's limits against a recount of the whole story: boundaries of days, ISO weeks and months in UTC, raises that wait."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitboss.domain.limits.player_limits import (
    Held,
    LimitKind,
    LimitName,
    Pending,
    Period,
    PlayerLimits,
    change,
    higher,
    period_start,
)
from pitboss.domain.limits.use import Standing, Use, used

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WAGER_DAY = LimitName(LimitKind.WAGER, Period.DAY, "EUR")


@pytest.mark.parametrize(
    ("period", "at", "start"),
    [
        (Period.DAY, "2026-03-01T23:59:59.999999+00:00", "2026-03-01"),
        (Period.DAY, "2026-03-02T00:00:00+00:00", "2026-03-02"),
        # A day of the hub is UTC's, wherever the caller is.
        (Period.DAY, "2026-03-02T01:00:00+07:00", "2026-03-01"),
        # Weeks begin on Monday: 2026-03-01 is a Sunday.
        (Period.WEEK, "2026-03-01T23:59:59+00:00", "2026-02-23"),
        (Period.WEEK, "2026-03-02T00:00:00+00:00", "2026-03-02"),
        # A week over the end of a year.
        (Period.WEEK, "2027-01-01T00:00:00+00:00", "2026-12-28"),
        (Period.MONTH, "2026-02-28T23:59:59+00:00", "2026-02-01"),
        (Period.MONTH, "2024-02-29T12:00:00+00:00", "2024-02-01"),
    ],
)
def test_where_periods_begin(period: Period, at: str, start: str) -> None:
    assert period_start(period, datetime.fromisoformat(at)) == date.fromisoformat(start)


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), hours=st.integers(-14, 14))
def test_periods_are_those_of_the_calendar(at: datetime, hours: int) -> None:
    moment = at.replace(tzinfo=UTC)
    year, week, _ = moment.isocalendar()
    local = moment.astimezone(timezone(timedelta(hours=hours)))
    assert period_start(Period.WEEK, local) == date.fromisocalendar(year, week, 1)
    assert period_start(Period.DAY, local).isoformat() == moment.isoformat()[:10]
    assert period_start(Period.MONTH, local).isoformat() == moment.isoformat()[:8] + "01"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 30, 600, 899, 900, 901, 3600, 40_000, 86_400, 200_000, 700_000]),
        st.sampled_from(["stake", "refused stake", "win", "return", "deposit"]),
        st.integers(0, 1_000),
    ),
    max_size=40,
)


@given(steps=STEPS, begin=st.datetimes(datetime(2026, 1, 25), datetime(2026, 3, 5)))
def test_counters_are_what_a_recount_of_the_story_gives(steps: list[tuple[int, str, int]], begin: datetime) -> None:
    now, use = begin.replace(tzinfo=UTC), Use()
    story: list[tuple[datetime, str, int]] = []
    open_stakes: list[tuple[datetime, int]] = []
    for seconds, what, amount in steps:
        now += timedelta(seconds=seconds)
        if what in ("stake", "refused stake"):
            use = use.attempted(now)
            story.append((now, "attempt", 0))
        if what == "stake":
            use = use.staked(amount, now)
            open_stakes.append((now, amount))
            story.append((now, "stake", amount))
        elif what == "win":
            use = use.won(amount, now)
            story.append((now, "win", amount))
        elif what == "return" and open_stakes:
            at, staked = open_stakes.pop()
            use = use.returned(staked, at, now)
            story.remove((at, "stake", staked))
        elif what == "deposit":
            use = use.deposited(amount, now)
            story.append((now, "deposit", amount))
    for period in Period:
        mine = [(at, kind, amount) for at, kind, amount in story if at >= begin_of(period, now)]
        sums = {kind: sum(amount for _, k, amount in mine if k == kind) for kind in ("stake", "win", "deposit")}
        assert used([use], LimitKind.WAGER, period, now) == sums["stake"]
        assert used([use], LimitKind.LOSS, period, now) == sums["stake"] - sums["win"]
        assert used([use], LimitKind.DEPOSIT, period, now) == sums["deposit"]
        assert used([use], LimitKind.SESSION_TIME, period, now) == minutes(story, period, now)


WALLETS = ("EUR", "THB", "JPY")


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([0, 1, 30, 600, 899, 900, 901, 40_000, 200_000]), st.sampled_from(WALLETS)),
        max_size=40,
    ),
    begin=st.datetimes(datetime(2026, 1, 25), datetime(2026, 3, 5)),
)
def test_play_in_several_currencies_is_one_players_time(steps: list[tuple[int, str]], begin: datetime) -> None:
    now, uses = begin.replace(tzinfo=UTC), {currency: Use() for currency in WALLETS}
    story: list[tuple[datetime, str, int]] = []
    for seconds, currency in steps:
        now += timedelta(seconds=seconds)
        others = tuple(use for code, use in uses.items() if code != currency)
        standing = Standing(PlayerLimits(), currency, uses[currency], others)
        uses[currency] = standing.use.attempted(now, standing.last_elsewhere)
        story.append((now, "attempt", 0))
    now += timedelta(seconds=60)
    for period in Period:
        assert used(list(uses.values()), LimitKind.SESSION_TIME, period, now) == minutes(story, period, now)


def begin_of(period: Period, now: datetime) -> datetime:
    """Midnight of the first day, found by walking back day by day."""
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    while (period is Period.WEEK and midnight.isoweekday() != 1) or (period is Period.MONTH and midnight.day != 1):
        midnight -= DAY
    return midnight


def minutes(story: list[tuple[datetime, str, int]], period: Period, now: datetime) -> int:
    """Between stakes asked for that are at most a quarter of an hour apart, and up to now likewise."""
    attempts = [at for at, kind, _ in story if kind == "attempt"] + [now]
    played = timedelta()
    for one, next_ in pairwise(attempts):
        if next_ - one <= timedelta(minutes=15):
            played += max(timedelta(), next_ - max(one, begin_of(period, now)))
    return int(played.total_seconds()) // 60


ASKED = st.lists(
    st.tuples(st.sampled_from([0, 1, 3600, 43_200, 86_399, 86_400, 86_401]), st.none() | st.integers(0, 5)), max_size=20
)


@given(asked=ASKED)
def test_no_raise_holds_before_it_has_waited_a_day(asked: list[tuple[int, int | None]]) -> None:
    """Whatever is asked for in whatever order: what is looser than before was asked for a day ago at least."""
    now = NOW
    held: Held[int] = Held()
    history: list[tuple[datetime, int | None]] = []
    for seconds, value in asked:
        before = room(held.at(now).value)
        now += timedelta(seconds=seconds)
        if room(held.at(now).value) > before:
            assert history[-1][1] == held.at(now).value
            waited = [at for at, _ in history if now - at >= DAY]
            assert waited
        already = room(held.at(now).value)
        held = change(held, value, now, higher)
        history.append((now, value))
        # At once: what was asked for where that is stricter, nothing else where it is looser.
        assert room(held.at(now).value) == min(already, room(value))
    assert held.at(now + DAY).value == (history[-1][1] if history else None)


def room(value: int | None) -> int:
    return 1_000_000 if value is None else value


def test_a_raise_takes_exactly_a_day() -> None:
    limits = PlayerLimits().set_limit(WAGER_DAY, 100, NOW).set_limit(WAGER_DAY, 200, NOW)
    assert limits.limits[WAGER_DAY] == Held(100, Pending(200, NOW + DAY))
    assert limits.in_force(LimitKind.WAGER, "EUR", NOW + DAY - timedelta(microseconds=1)) == {Period.DAY: 100}
    assert limits.in_force(LimitKind.WAGER, "EUR", NOW + DAY) == {Period.DAY: 200}
    # The same again does not begin the wait anew; another value does; going back ends it.
    later = NOW + timedelta(hours=5)
    assert limits.set_limit(WAGER_DAY, 200, later) == limits
    assert limits.set_limit(WAGER_DAY, 150, later).limits[WAGER_DAY] == Held(100, Pending(150, later + DAY))
    assert limits.set_limit(WAGER_DAY, 100, later).limits[WAGER_DAY] == Held(100)
    assert limits.set_limit(WAGER_DAY, None, later).limits[WAGER_DAY] == Held(100, Pending(None, later + DAY))


def test_time_away_is_longer_at_once_and_shorter_a_day_later() -> None:
    week, month = NOW + 7 * DAY, NOW + 30 * DAY
    limits = PlayerLimits().set_self_exclusion(week, NOW)
    assert limits.away(NOW)
    assert limits.away(week - timedelta(microseconds=1))
    assert not limits.away(week)
    assert limits.set_self_exclusion(month, NOW).away(week)
    shorter = limits.set_self_exclusion(None, NOW)
    assert shorter.away(NOW + DAY - timedelta(microseconds=1))
    assert not shorter.away(NOW + DAY)
    # What is over does not bound what is asked for next.
    assert limits.set_self_exclusion(week + DAY, week + timedelta(hours=1)).away(week + timedelta(hours=2))
    assert PlayerLimits().set_cool_off(week, NOW).away(NOW)


@pytest.mark.parametrize(
    ("kind", "limit", "use", "amount", "may"),
    [
        (LimitKind.WAGER, 100, Use().staked(90, NOW), 10, True),
        (LimitKind.WAGER, 100, Use().staked(90, NOW), 11, False),
        # What was won plays no part in what was staked, and all in what was lost.
        (LimitKind.WAGER, 100, Use().staked(90, NOW).won(500, NOW), 11, False),
        (LimitKind.LOSS, 100, Use().staked(90, NOW).won(500, NOW), 510, True),
        (LimitKind.LOSS, 100, Use().staked(90, NOW).won(500, NOW), 511, False),
        (LimitKind.LOSS, 100, Use().staked(90, NOW).returned(90, NOW, NOW), 100, True),
        (LimitKind.DEPOSIT, 100, Use().deposited(100, NOW), 1, True),
        (LimitKind.WAGER, 0, Use(), 1, False),
        (LimitKind.WAGER, 0, Use(), 0, True),
    ],
)
def test_stakes(kind: LimitKind, limit: int, use: Use, amount: int, may: bool) -> None:
    for period in Period:
        limits = PlayerLimits().set_limit(LimitName(kind, period, "EUR"), limit, NOW)
        assert Standing(limits, "EUR", use).may_stake(amount, NOW) is may
        assert Standing(limits, "THB", use).may_stake(amount, NOW) is True


def test_deposits() -> None:
    limits = PlayerLimits().set_limit(LimitName(LimitKind.DEPOSIT, Period.WEEK, "EUR"), 100, NOW)
    standing = Standing(limits, "EUR", Use().deposited(60, NOW))
    assert standing.may_deposit(40, NOW)
    assert not standing.may_deposit(41, NOW)
    # NOW is a Sunday.
    assert standing.may_deposit(100, NOW + timedelta(hours=12))
    assert not Standing(PlayerLimits().set_cool_off(NOW + DAY, NOW), "EUR", Use()).may_deposit(1, NOW)


def test_time_is_up_and_stays_up_over_a_pause() -> None:
    limits = PlayerLimits().set_limit(LimitName(LimitKind.SESSION_TIME, Period.DAY, ""), 30, NOW)
    use, now = Use().attempted(NOW), NOW
    for _ in range(3):
        now += timedelta(minutes=9, seconds=50)
        assert Standing(limits, "EUR", use).may_stake(1, now)
        use = use.attempted(now)
    now += timedelta(seconds=30)
    assert not Standing(limits, "EUR", use).may_stake(0, now)
    use = use.attempted(now)
    assert not Standing(limits, "EUR", use).may_launch(now + timedelta(hours=2))
    assert Standing(limits, "EUR", use).may_launch(NOW + timedelta(hours=12))
    # Time in another currency counts as well.
    assert not Standing(limits, "THB", Use(), (use,)).may_launch(now)
