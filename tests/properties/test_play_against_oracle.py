"""Wallets and rounds against the oracle, in random stories (reliability R7); and planted mistakes, each of which must be found."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from play_oracle import Oracle

from pitboss.domain.money import Currency
from pitboss.domain.play.cancel_transaction import cancel_transaction
from pitboss.domain.play.commands import CancelTransaction, PlaceBet, RefundBet, SettleWin
from pitboss.domain.play.decision import Decision
from pitboss.domain.play.place_bet import place_bet
from pitboss.domain.play.refund_bet import refund_bet
from pitboss.domain.play.settle_win import settle_win
from pitboss.domain.play.state import PlayState
from play_in_memory import DECISIONS, EUR, GAME, Memory

PLAYERS = ("ana", "ben")
names = st.sampled_from([*PLAYERS * 5, "nobody"])
# Few ids, rounds and amounts, so that they meet; ids enough that not all is repetition.
ids = (st.integers(1, 5) | st.integers(6, 60) | st.integers(6, 60)).map(str)
ROUNDS = ("r", "s", "t", "u")
rounds = st.sampled_from(ROUNDS)
rarely = st.sampled_from([False, False, False, True])
amounts = st.sampled_from([0, 1, 1, 2, 2, 5, 5, 10, 40, 10_001])
flags = st.sampled_from([None] * 5 + [False] * 5 + [True])
mostly = st.sampled_from([True] * 12 + [False])


class Change(NamedTuple):
    """A BET, WIN or REFUND; `usual` is a bet in the player's own session."""

    name: str
    tx: str
    amount: int
    round_: str
    finished: bool | None
    usual: bool
    euro: bool
    known: bool
    active: bool


changes = st.builds(Change, names, ids, amounts, rounds, flags, mostly, mostly, mostly, mostly)


class Play(RuleBasedStateMachine):
    """The hub's decisions and the oracle are told the same, and must say the same."""

    decisions: ClassVar[dict[type, Callable[[PlayState, Any], Decision]]] = DECISIONS

    def __init__(self) -> None:
        super().__init__()
        self.hub = Memory(self.decisions)
        self.oracle = Oracle()
        for name in PLAYERS:
            self.hub.open(name, 20)
            self.oracle.deposits[name] = 20

    @rule(stake=changes, around=st.sampled_from([None, None, -1, 0, 1]), token=st.sampled_from([None, "xyz", *PLAYERS]))
    def bet(self, stake: Change, around: int | None, token: str | None) -> None:
        if around is not None and stake.name in PLAYERS:
            # What the balance just covers, or just does not, is where mistakes are.
            stake = stake._replace(amount=max(self.oracle.balance(stake.name) + around, 0))
        own = stake.name if stake.usual and stake.name in PLAYERS else token
        self._change("BET", stake, own, token=own, active=stake.active)

    @rule(win=changes)
    def win(self, win: Change) -> None:
        self._change("WIN", win, None)

    @rule(refund=changes)
    def refund(self, refund: Change) -> None:
        self._change("REFUND", refund, None)

    @precondition(lambda self: self.oracle.happened)
    @rule(data=st.data(), tx=ids, less=st.sampled_from([0, 0, 1]))
    def refund_what_happened(self, data: st.DataObject, tx: str, less: int) -> None:
        first = self.oracle.happened[data.draw(st.sampled_from(sorted(self.oracle.happened)))]
        amount = max(first.amount - less, 0)
        self._change("REFUND", Change(first.name, tx, amount, first.round_, None, True, True, True, True), None)

    @precondition(lambda self: self.oracle.happened)
    @rule(data=st.data())
    def repeat_what_happened(self, data: st.DataObject) -> None:
        tx = data.draw(st.sampled_from(sorted(self.oracle.happened)))
        kind, name, amount, round_, currency, game = self.oracle.happened[tx].said
        again = Change(name, tx, amount, round_, None, True, currency == "EUR", game is not None, True)
        more = {"token": name, "active": True} if kind == "BET" else {}
        self._change(kind, again, name, **more)

    def _change(self, kind: str, change: Change, in_session: str | None, **more: Any) -> None:
        currency, game = (EUR if change.euro else Currency("USD", 2)), (GAME if change.known else None)
        act = {"BET": self.hub.bet, "WIN": self.hub.win, "REFUND": self.hub.refund}[kind]
        told = act(
            change.name,
            change.tx,
            change.amount,
            change.round_,
            finished=change.finished,
            currency=currency,
            game=game,
            **more,
        )
        wanted = self.oracle.change(
            kind, change.name, change.tx, change.amount, change.round_, change.finished, in_session, currency.code,
            game and game.code, change.active,
        )  # fmt: skip
        assert told == wanted

    @rule(name=names, tx=ids, finished=flags, negative=st.sampled_from([False] * 5 + [True]))
    def cancel(self, name: str, tx: str, finished: bool | None, negative: bool) -> None:
        told = self.hub.cancel(name, tx, finished=finished, allow_negative=negative)
        assert told == self.oracle.cancel(name, tx, finished, negative)

    @precondition(lambda self: self.oracle.happened)
    @rule(data=st.data())
    def cancel_what_happened(self, data: st.DataObject) -> None:
        tx = data.draw(st.sampled_from(sorted(self.oracle.happened)))
        self.cancel(self.oracle.happened[tx].name, tx, None, False)

    @rule(name=names, round_=rounds)
    def finish(self, name: str, round_: str) -> None:
        assert self.hub.finish(name, round_) == self.oracle.finish(name, round_)

    @rule(name=names, tx=ids)
    def status(self, name: str, tx: str) -> None:
        assert self.hub.status(name, tx) == self.oracle.status(name, tx)

    @rule(name=st.sampled_from(PLAYERS), amount=st.integers(1, 10))
    def deposit(self, name: str, amount: int) -> None:
        self.hub.deposit(name, amount)
        self.oracle.deposits[name] += amount

    @rule(name=st.sampled_from(PLAYERS), blocked=rarely)
    def block(self, name: str, blocked: bool) -> None:
        self.hub.block(name, blocked)
        (self.oracle.blocked.add if blocked else self.oracle.blocked.discard)(name)

    @rule(name=st.sampled_from(PLAYERS), ended=rarely)
    def launch_or_end(self, name: str, ended: bool) -> None:
        self.hub.end_session(name, ended)
        (self.oracle.ended.add if ended else self.oracle.ended.discard)(name)

    @invariant()
    def same_money(self) -> None:
        for name in PLAYERS:
            wallet = self.hub.wallets[name]
            assert wallet.balance == self.oracle.balance(name)
            for round_ in ROUNDS:
                found = self.hub.rounds.get((wallet.id, round_))
                assert (found is not None) == self.oracle.exists(name, round_)
                if found is not None:
                    sums = found.staked, found.returned, found.won
                    ask = self.oracle
                    assert sums == (ask.staked(name, round_), ask.returned(name, round_), ask.won(name, round_))
                    assert found.finished == ((name, round_) in ask.finished)


# Random at every run for the hub itself; the same at every run for the planted mistakes.
EFFORT = settings(max_examples=1500, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))


def test_no_divergence() -> None:
    run_state_machine_as_test(Play, settings=EFFORT)


def forgets_refusals(state: PlayState, command: PlaceBet) -> Decision:
    decision = place_bet(state, command)
    return decision if decision.wallet else decision._replace(transaction=None)


def overdraws_by_a_cent(state: PlayState, command: PlaceBet) -> Decision:
    if state.wallet and command.amount is not None and command.amount == state.wallet.balance + 1:
        richer = state.wallet._replace(balance=command.amount, may_go_negative=True)
        decision = place_bet(state._replace(wallet=richer), command)
        return decision if decision.wallet is None else decision._replace(wallet=decision.wallet._replace(balance=-1))
    return place_bet(state, command)


def bets_without_a_session(state: PlayState, command: PlaceBet) -> Decision:
    return place_bet(state._replace(session=state.session and state.session._replace(ended=False)), command)


def replays_only_bets_of_the_same_amount(state: PlayState, command: PlaceBet) -> Decision:
    if state.known is not None and state.known.kind == "bet":
        command = command._replace(said=state.known.said)
    return place_bet(state, command)


def bets_in_finished_rounds(state: PlayState, command: PlaceBet) -> Decision:
    return place_bet(state._replace(round=state.round and state.round._replace(finished=False)), command)


def tells_the_balance_of_now(state: PlayState, command: SettleWin) -> Decision:
    known = state.known
    if known is not None and state.wallet is not None and known.state == "ok":
        state = state._replace(known=known._replace(told=state.wallet.balance))
    return settle_win(state, command)


def refuses_wins_of_blocked_players(state: PlayState, command: SettleWin) -> Decision:
    if state.known is None and state.player is not None and state.player.blocked:
        state = state._replace(player=None)
    return settle_win(state, command)


def leaves_the_round_open_on_a_zero_win(state: PlayState, command: SettleWin) -> Decision:
    return settle_win(state, command._replace(round_finished=command.round_finished or False))


def refunds_more_than_was_staked(state: PlayState, command: RefundBet) -> Decision:
    return refund_bet(state._replace(round=state.round and state.round._replace(returned=0)), command)


def leaves_no_tombstone(state: PlayState, command: CancelTransaction) -> Decision:
    decision = cancel_transaction(state, command)
    return decision._replace(transaction=None) if state.known is None else decision


def cancels_twice(state: PlayState, command: CancelTransaction) -> Decision:
    known = state.known
    if known is not None and known.state == "canceled" and known.kind == "bet":
        state = state._replace(known=known._replace(state="ok"), round=state.round and state.round._replace(returned=0))
    return cancel_transaction(state, command)


def cancels_for_anybody(state: PlayState, command: CancelTransaction) -> Decision:
    known = state.known
    if known is not None and state.wallet is not None:
        state = state._replace(known=known._replace(wallet_id=state.wallet.id))
    return cancel_transaction(state, command)


def takes_back_spent_wins(state: PlayState, command: CancelTransaction) -> Decision:
    return cancel_transaction(state, command._replace(allow_negative=True))


PLANTED: list[tuple[type, Callable[[PlayState, Any], Decision]]] = [
    (PlaceBet, forgets_refusals),
    (PlaceBet, overdraws_by_a_cent),
    (PlaceBet, bets_without_a_session),
    (PlaceBet, replays_only_bets_of_the_same_amount),
    (PlaceBet, bets_in_finished_rounds),
    (SettleWin, tells_the_balance_of_now),
    (SettleWin, refuses_wins_of_blocked_players),
    (SettleWin, leaves_the_round_open_on_a_zero_win),
    (RefundBet, refunds_more_than_was_staked),
    (CancelTransaction, leaves_no_tombstone),
    (CancelTransaction, cancels_twice),
    (CancelTransaction, cancels_for_anybody),
    (CancelTransaction, takes_back_spent_wins),
]


@pytest.mark.parametrize(("command", "mistake"), PLANTED, ids=lambda item: item.__name__)
def test_planted_mistakes_are_found(command: type, mistake: Callable[[PlayState, Any], Decision]) -> None:
    class Mistaken(Play):
        decisions: ClassVar = {**DECISIONS, command: mistake}

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Mistaken, settings=settings(EFFORT, derandomize=True, phases=[Phase.generate]))
