"""Bonuses in random stories (reliability R7): whatever the order of bet, win, refund, cancel, removal and expiry, the ledger
balances, wagering stays within its requirement, no bonus money becomes real before that is met, and what is undone is undone
wholly. The oracle adds up what stands from a list; planted mistakes must be found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from bonus_oracle import Happening, Oracle
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bonus_in_memory import COST, DAY, BonusMemory
from pitboss.domain.bonus import closing, returns, stakes, winnings
from pitboss.domain.bonus.grant import Grant, Move
from pitboss.domain.bonus.winnings import Split
from pitboss.domain.play import bonus_play, bonus_posting

NAME = "ana"
ROUNDS = st.sampled_from(["r", "s", "t"])
AMOUNTS = st.sampled_from([1, 3, 10, 20, 30, 50, 100])
CODES = st.sampled_from(["ten", "ten", "free", "half", "other"])
FLAGS = st.sampled_from([None, None, None, False, True])


@dataclass(frozen=True)
class Terms:
    """What a test grants: stakes of 10 cents."""

    multiplier: str


TERMS = {"ten": Terms("10"), "free": Terms("0"), "half": Terms("0.5")}


class Play(RuleBasedStateMachine):
    """One player with real money and three bonuses; every id is new, undoing picks what happened."""

    max_conversion: ClassVar[int | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.hub = BonusMemory()
        self.hub.open(NAME, 30)
        self.oracle = Oracle(deposits=30)
        for code, terms in TERMS.items():
            most = self.max_conversion if code == "half" else None
            more = {"multiplier": Decimal(terms.multiplier), "max_conversion": most}
            self.hub.give(NAME, code, **more)
        self._tx = 0

    def _next(self) -> str:
        self._tx += 1
        return str(self._tx)

    @property
    def wallet(self) -> Any:
        return self.hub.wallets[NAME]

    def _grant(self, code: str | None) -> Grant | None:
        return self.hub.grant(NAME, code) if code in TERMS else None

    @rule(amount=AMOUNTS, all_of_it=st.sampled_from([False, False, True]), round_=ROUNDS, finished=FLAGS)
    def bet(self, amount: int, all_of_it: bool, round_: str, finished: bool | None) -> None:
        before, tx = self.wallet, self._next()
        funds = max(before.balance, 0) + self._stakeable()
        amount = funds if all_of_it else amount
        told = self.hub.bet(NAME, tx, amount, round_, token=NAME, finished=finished)
        if round_ in self.oracle.finished or amount > funds:
            assert told in ("round_finished", "insufficient_funds")
            return
        row = self.hub.transactions[tx]
        # Real money is staked before bonus money.
        assert -row.real_amount == min(amount, max(before.balance, 0))
        assert -row.bonus_amount == amount + row.real_amount
        self._happened("bet", tx, round_, amount, None, finished)

    def _stakeable(self) -> int:
        # Once a bonus's time is over its money can no longer be staked, be it taken away yet or not.
        return sum(grant.balance for grant in self.hub.grants.values() if self.hub.now < grant.expires_at)

    @rule(code=CODES, round_=ROUNDS, amount=st.sampled_from([10, 10, 10, 11]), finished=FLAGS)
    def free_bet(self, code: str, round_: str, amount: int, finished: bool | None) -> None:
        grant, before, tx = self._grant(code), self.wallet, self._next()
        told = self.hub.free_bet(NAME, tx, code, round_, amount, finished=finished)
        if round_ in self.oracle.finished:
            assert told == "round_finished"
            return
        left = (
            grant is not None and grant.state == "active" and self.oracle.used(code) < 3 and self.hub.now < grant.use_by
        )
        if not left or amount > 10:
            assert told == "campaign_unknown"
            return
        assert self.hub.transactions[tx].real_amount == self.hub.transactions[tx].bonus_amount == 0
        assert self.wallet.balance >= before.balance
        self._happened("free bet", tx, round_, amount, code, finished)

    @rule(amount=st.sampled_from([0, 0, 1, 7, 20, 60]), round_=ROUNDS, finished=FLAGS)
    def win(self, amount: int, round_: str, finished: bool | None) -> None:
        tx = self._next()
        bought = self.oracle.net(round_), self._bonus_at_stake(round_)
        told = self.hub.win(NAME, tx, amount, round_, finished=finished)
        assert told.lstrip("-").isdigit()
        row = self.hub.transactions[tx]
        staked, of_bonus = bought
        # What bonus money bought is bonus money, rounded in its favour.
        assert row.real_amount == (amount * (staked - of_bonus) // staked if staked else amount)
        assert row.real_amount + row.bonus_amount == amount
        self._happened("win", tx, round_, amount, None, finished)
        if amount == 0 and finished is None:
            self.oracle.finished.add(round_)

    def _bonus_at_stake(self, round_: str) -> int:
        recorded = self.hub.moves.get(self.wallet.id, [])
        return sum(entry.move.staked for entry in recorded if entry.move.round_id == round_)

    @rule(
        code=st.sampled_from(["ten", "ten", "free", "half"]), amount=st.sampled_from([0, 1, 3, 10, 40]), round_=ROUNDS
    )
    def free_win(self, code: str, amount: int, round_: str) -> None:
        tx = self._next()
        told = self.hub.win(NAME, tx, amount, round_, code=code, finished=False)
        assert told.lstrip("-").isdigit()
        row, terms = self.hub.transactions[tx], TERMS[code]
        if terms.multiplier == "0":
            assert (row.real_amount, row.bonus_amount) == (amount, 0)
        else:
            assert (row.real_amount, row.bonus_amount) == (0, amount)
        self._happened("free win", tx, round_, amount, code, False)

    @rule(round_=ROUNDS, amount=AMOUNTS, all_of_it=st.booleans())
    def refund(self, round_: str, amount: int, all_of_it: bool) -> None:
        if self.oracle.only_free_stakes(round_):
            return
        net, tx = self.oracle.net(round_), self._next()
        amount = net if all_of_it else amount
        told = self.hub.refund(NAME, tx, amount, round_)
        assert (told == "returns_more_than_staked") == (amount > net or not self.oracle.exists(round_))
        if tx in self.hub.transactions:
            row = self.hub.transactions[tx]
            assert row.real_amount + row.bonus_amount == amount
            self._happened("refund", tx, round_, amount, None, None)

    @rule(round_=ROUNDS, code=st.sampled_from(sorted(TERMS)), stakes=st.integers(1, 3))
    def refund_free_stakes(self, round_: str, code: str, stakes: int) -> None:
        left = self.oracle.used(code, round_)
        if not left:
            return
        tx = self._next()
        told = self.hub.refund(NAME, tx, 10 * stakes, round_, code=code)
        assert (told == "returns_more_than_staked") == (stakes > left)
        if tx in self.hub.transactions:
            row = self.hub.transactions[tx]
            assert row.real_amount == row.bonus_amount == 0
            self._happened("free refund", tx, round_, 10 * stakes, code, None)

    @precondition(lambda self: self.oracle.standing())
    @rule(data=st.data(), negative=st.booleans())
    def cancel(self, data: st.DataObject, negative: bool) -> None:
        self._cancel(data.draw(st.sampled_from(self.oracle.standing())), negative)

    def _cancel(self, happening: Happening, negative: bool) -> bool:
        told = self.hub.cancel(NAME, happening.tx, allow_negative=negative)
        if told != "canceled":
            assert told in ("money_already_spent", "returns_more_than_staked")
            assert told == "money_already_spent" or happening.kind in ("bet", "free bet")
            return False
        happening.stands = False
        return True

    @rule(round_=ROUNDS)
    def finish(self, round_: str) -> None:
        if self.hub.finish(NAME, round_) == "finished":
            self.oracle.finished.add(round_)

    @rule(code=st.sampled_from(sorted(TERMS)))
    def remove(self, code: str) -> None:
        was, real = self.hub.grant(NAME, code).state, self.wallet.balance
        told = self.hub.end_bonus(NAME, code, remove=True)
        assert (told == "canceled_since") == (was != "active")
        assert self.wallet.balance == real

    @rule(hours=st.sampled_from([1, 30, 24 * 7, 24 * 25]))
    def time_passes(self, hours: int) -> None:
        if (self.hub.now - self.hub.grant(NAME, "ten").valid_from) < 40 * DAY:
            self.hub.now += DAY * hours / 24
            self.hub.sessions[NAME] = self.hub.sessions[NAME]._replace(expires_at=self.hub.now + DAY)

    @rule()
    def sweep(self) -> None:
        for code in TERMS:
            self.hub.end_bonus(NAME, code, remove=False)

    @rule(amount=st.integers(1, 50))
    def deposit(self, amount: int) -> None:
        self.hub.deposit(NAME, amount)
        self.oracle.deposits += amount

    def _happened(self, kind: str, tx: str, round_: str, amount: int, code: str | None, finished: bool | None) -> None:
        self.oracle.happened.append(Happening(kind, tx, round_, amount, code))
        if finished:
            self.oracle.finished.add(round_)

    @invariant()
    def nothing_is_made_or_lost(self) -> None:
        # What the agent's bonus cost took back was taken away from the player; it pays what free stakes win.
        taken = self.hub.ledger[COST] + self.oracle.free_winnings()
        assert self.wallet.balance + self.wallet.bonus_balance == self.oracle.wealth() - taken

    @invariant()
    def what_is_at_stake_is_a_part_of_the_stakes(self) -> None:
        for round_ in ("r", "s", "t"):
            assert 0 <= self._bonus_at_stake(round_) <= self.oracle.net(round_)

    @invariant()
    def wagering_is_what_stands(self) -> None:
        turnover = self.oracle.turnover()
        counted = 0
        for code, terms in TERMS.items():
            grant = self.hub.grant(NAME, code)
            assert grant.used == self.oracle.used(code)
            assert grant.required == self.oracle.required(code, Decimal(terms.multiplier))
            counted += grant.counted
        # A stake counts once, and only while it stands.
        assert counted <= turnover

    @invariant()
    def nothing_is_real_before_it_is_wagered(self) -> None:
        for code, terms in TERMS.items():
            grant = self.hub.grant(NAME, code)
            if terms.multiplier == "0" or grant.counted >= grant.required:
                self.oracle.gone.pop(code, None)
            elif grant.converted:
                # It was wagered once and given back since: then all that was still there was taken back.
                assert self.oracle.gone.get(code) == grant.converted or self.wallet.balance <= 0
                self.oracle.gone[code] = grant.converted

    @invariant()
    def an_ended_bonus_holds_nothing(self) -> None:
        for grant in self.hub.grants.values():
            assert grant.state == "active" or grant.balance == 0

    def teardown(self) -> None:
        """Undo all of it, the last first: it is as if nothing had been, whatever was undone, removed or over before."""
        if self.max_conversion is not None:
            # What a maximum cut off does not come back.
            return
        progress = True
        while progress:
            progress = False
            for happening in reversed(self.oracle.standing()):
                progress = self._cancel(happening, True) or progress
        left = {happening.kind for happening in self.oracle.standing()}
        if "refund" in left:
            # Its bonus money was taken back with the winnings it came from: it cannot be taken once more.
            assert left <= {"refund", "bet"}
            return
        assert not left
        assert (self.wallet.balance, self.wallet.bonus_balance) == (self.oracle.deposits, 0)
        assert self.hub.ledger[COST] == 0
        for grant in self.hub.grants.values():
            assert (grant.used, grant.balance, grant.required, grant.counted, grant.converted) == (0, 0, 0, 0, 0)


class Capped(Play):
    """One of the bonuses converts at most 5."""

    max_conversion = 5


EFFORT = settings(max_examples=350, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("play", [Play, Capped])
def test_no_divergence(play: type[Play]) -> None:
    run_state_machine_as_test(play, settings=EFFORT)


def refunded_and_canceled() -> tuple[int, int]:
    """A round of 10 real, then 20 real and 10 of bonus money; 10 come back, then all of the second stake. The money at the end."""
    hub = BonusMemory()
    hub.open(NAME, 30)
    hub.give(NAME, "ten")
    hub.win(NAME, "1", 10, "free", code="ten")
    hub.bet(NAME, "2", 10, "r", token=NAME)
    hub.bet(NAME, "3", 30, "r", token=NAME)
    assert (hub.wallets[NAME].balance, hub.wallets[NAME].bonus_balance) == (0, 0)
    hub.refund(NAME, "4", 10, "r")
    assert (hub.wallets[NAME].balance, hub.wallets[NAME].bonus_balance) == (0, 10)
    assert hub.cancel(NAME, "3") == "canceled"
    return hub.wallets[NAME].balance, hub.wallets[NAME].bonus_balance


def test_bonus_money_comes_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refunded_and_canceled() == (30, 10)
    monkeypatch.setattr(bonus_play, "undo_bet", forgets_what_a_refund_gave)
    assert refunded_and_canceled() != (30, 10)


def wins_of_bonus_money_are_real(moves: Any, amount: int, *more: Any) -> Split:
    return Split(amount, ())


def bonus_money_goes_first(grants: Any, *, amount: int, bonus: int, **more: Any) -> list[Move]:
    most = sum(grant.stakeable(more["game_id"], more["now"]) for grant in grants)
    return stakes.stake(grants, amount=amount, bonus=min(most, amount), **more)


def counts_beyond_the_need(grants: Any, **more: Any) -> list[Move]:
    moves = stakes.stake(grants, **more)
    return [move._replace(counted=move.counted and more["amount"] + 1) for move in moves]


def keeps_the_wagering(moves: Any, own: Any, *more: Any) -> Split:
    split = returns.undo_bet(moves, own, *more)
    return Split(split.real, tuple(move._replace(counted=0) for move in split.moves))


def gives_only_real_money_back(moves: Any, amount: int, *more: Any) -> Split:
    return Split(amount, ())


def forgets_what_a_refund_gave(moves: Any, own: Any, amount: int, net: int, provider_id: int, round_id: str) -> Split:
    return Split(amount - sum(move.staked for move in own), tuple(move.negated() for move in own))


def converts_one_unit_early(grant: Grant, *more: Any, **options: Any) -> Any:
    met = grant._replace(required=max(grant.required - 1, 0))
    made = closing.settle(met, *more, **options)
    return made and made._replace(grant=made.grant._replace(required=grant.required))


def pays_out_what_is_removed(grant: Grant, *more: Any, **options: Any) -> Any:
    if grant.state == "removed" and grant.balance:
        return closing.settle(grant._replace(state="converted", required=0), *more, **options)
    return closing.settle(grant, *more, **options)


def keeps_a_conversion(grant: Grant, *more: Any, **options: Any) -> Any:
    if grant.state == "converted" and not grant.met and grant.balance >= 0:
        return closing.Closing(grant._replace(state="active", closed_at=None))
    return closing.settle(grant, *more, **options | {"undone": False})


def converts_without_bound(grant: Grant, *more: Any, **options: Any) -> Any:
    made = closing.settle(grant._replace(max_conversion=None), *more, **options)
    return made and made._replace(grant=made.grant._replace(max_conversion=grant.max_conversion))


def never_counts_down(grant: Grant, amount: int, *more: Any) -> Move:
    return stakes.free_stake(grant, amount, *more)._replace(uses=0)


def plays_what_is_used_up(grant: Grant | None, game_id: int, amount: int, now: Any) -> bool:
    more = grant and grant._replace(stakes=grant.stakes + 1)
    return stakes.free_stake_allowed(more, game_id, amount, now)


def wins_need_no_wagering(grant: Grant, amount: int, *more: Any) -> Split:
    return winnings.free_win(grant._replace(multiplier=Decimal(0)), amount, *more)


def requires_half(grant: Grant, amount: int, *more: Any) -> Split:
    split = winnings.free_win(grant, amount, *more)
    return Split(split.real, tuple(move._replace(required=move.required // 2) for move in split.moves))


PLANTED: list[tuple[Any, str, Callable[..., Any]]] = [
    (bonus_play, "win", wins_of_bonus_money_are_real),
    (bonus_play, "stake", bonus_money_goes_first),
    (bonus_play, "stake", counts_beyond_the_need),
    (bonus_play, "undo_bet", keeps_the_wagering),
    (bonus_play, "refund", gives_only_real_money_back),
    (bonus_play, "free_stake", never_counts_down),
    (bonus_play, "free_stake_allowed", plays_what_is_used_up),
    (bonus_play, "free_win", wins_need_no_wagering),
    (bonus_play, "free_win", requires_half),
    (bonus_posting, "settle", converts_one_unit_early),
    (bonus_posting, "settle", pays_out_what_is_removed),
    (bonus_posting, "settle", keeps_a_conversion),
    (bonus_posting, "settle", converts_without_bound),
]


@pytest.mark.parametrize(("module", "name", "mistake"), PLANTED, ids=[planted[2].__name__ for planted in PLANTED])
def test_planted_mistakes_are_found(
    module: Any, name: str, mistake: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, mistake)
    found = settings(EFFORT, max_examples=2000, derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Capped if mistake is converts_without_bound else Play, settings=found)
