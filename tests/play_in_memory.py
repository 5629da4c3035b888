"""The decisions of play driven in memory: state in dictionaries instead of tables, and the ledger's rules checked at each step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pitboss.domain.catalogue.game import BetLimit, Game
from pitboss.domain.money import Currency
from pitboss.domain.play.cancel_transaction import cancel_transaction
from pitboss.domain.play.commands import CancelTransaction, FinishRound, PlaceBet, ReadStatus, RefundBet, SettleWin
from pitboss.domain.play.decision import Accepted, Canceled, Decision, Refused, RoundFinished, StatusKnown
from pitboss.domain.play.finish_round import finish_round
from pitboss.domain.play.place_bet import place_bet
from pitboss.domain.play.read_status import read_status
from pitboss.domain.play.refund_bet import refund_bet
from pitboss.domain.play.settle_win import settle_win
from pitboss.domain.play.state import Bonuses, Player, PlayState, Round, Session, Transaction, Wallet

EUR = Currency("EUR", 2)
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
HOUSE, PROVIDER, AGENT = 1, 3, 9
LIMITS = BetLimit(1, 10_000)
GAME = Game(
    5, PROVIDER, 200, "acme_00001", "Two Hundred", "slot", None, False, False, False, (), "", {}, (), (), True, NOW,
    {"EUR": LIMITS},
)  # fmt: skip

DECISIONS: dict[type, Callable[[PlayState, Any], Decision]] = {
    PlaceBet: place_bet,
    SettleWin: settle_win,
    RefundBet: refund_bet,
    CancelTransaction: cancel_transaction,
    FinishRound: finish_round,
    ReadStatus: read_status,
}


class Memory:
    """One agent's players at one studio. `decisions` may be replaced, to see whether a mistake is found."""

    def __init__(self, decisions: dict[type, Callable[[PlayState, Any], Decision]] | None = None) -> None:
        self.decisions = decisions or DECISIONS
        self.wallets: dict[str, Wallet] = {}
        self.players: dict[str, Player] = {}
        self.sessions: dict[str, Session] = {}
        self.rounds: dict[tuple[int, str], Round] = {}
        self.transactions: dict[str, Transaction] = {}
        self.now = NOW
        self.house = 0
        self._deposited = 0
        self._number = 100

    def open(self, name: str, cents: int) -> None:
        """A player `name`, its wallet with money in it, and a session whose token is the name too."""
        wallet_id = 11 + len(self.wallets)
        self.wallets[name] = Wallet(wallet_id, name, name, "EUR", 0, 0, 0, False)
        self.players[name] = Player(name, blocked=False)
        self.sessions[name] = Session(name, wallet_id, PROVIDER, NOW + timedelta(hours=1), ended=False)
        self.deposit(name, cents)

    def deposit(self, name: str, cents: int) -> None:
        wallet = self.wallets[name]
        self.wallets[name] = wallet._replace(balance=wallet.balance + cents, version=wallet.version + 1)
        self._deposited += cents

    def block(self, name: str, blocked: bool) -> None:
        self.players[name] = Player(name, blocked)

    def end_session(self, name: str, ended: bool = True) -> None:
        self.sessions[name] = self.sessions[name]._replace(ended=ended)

    def bet(
        self, name: str, tx: str, amount: int, round_: str, *, token: str | None, finished: bool | None = None,
        currency: Currency | None = EUR, game: Game | None = GAME, active: bool = True, reason: str | None = None,
        code: str | None = None,
    ) -> str:  # fmt: skip
        playable = game is not None and game.active
        stake = None if currency is None else amount
        command = PlaceBet(
            *self._ids(), self._next(), AGENT, PROVIDER, name, token, tx, round_, finished, currency, stake, game, playable,
            active, "1", reason, code, None, _said("BET", amount, currency, game, round_),
        )  # fmt: skip
        return self.do(command)

    def win(
        self, name: str, tx: str, amount: int, round_: str, *, finished: bool | None = None,
        currency: Currency | None = EUR, game: Game | None = GAME, code: str | None = None,
    ) -> str:  # fmt: skip
        gain = None if currency is None else amount
        command = SettleWin(
            *self._ids(), self._next(), AGENT, PROVIDER, name, tx, round_, finished, currency, gain, game, "1", None, code, None,
            _said("WIN", amount, currency, game, round_),
        )  # fmt: skip
        return self.do(command)

    def refund(
        self, name: str, tx: str, amount: int, round_: str, *, finished: bool | None = None,
        currency: Currency | None = EUR, game: Game | None = GAME, code: str | None = None,
    ) -> str:  # fmt: skip
        gain = None if currency is None else amount
        command = RefundBet(
            *self._ids(), AGENT, PROVIDER, name, tx, round_, finished, currency, gain, game, "1", None, code, None,
            _said("REFUND", amount, currency, game, round_),
        )  # fmt: skip
        return self.do(command)

    def cancel(self, name: str, tx: str, *, finished: bool | None = None, allow_negative: bool = False) -> str:
        return self.do(CancelTransaction(*self._ids(), AGENT, PROVIDER, name, tx, finished, allow_negative))

    def finish(self, name: str, round_: str) -> str:
        return self.do(FinishRound(str(self._next()), AGENT, PROVIDER, name, round_))

    def status(self, name: str, tx: str) -> str:
        return self.do(ReadStatus(str(self._next()), AGENT, PROVIDER, name, tx))

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _ids(self) -> tuple[str, str, int]:
        return str(self._next()), str(self._next()), self._next()

    def do(self, command: Any) -> str:
        """Decide and apply a command; the outcome in one word (the balance told, the refusal's name, a state)."""
        wallet = self.wallets.get(command.user_in_game)
        known = self.transactions.get(getattr(command, "provider_tx_id", ""))
        round_id = getattr(command, "round_id", None)
        if isinstance(command, CancelTransaction):
            round_id = known.round_id if known else None
        state = PlayState(
            wallet,
            self.players.get(command.user_in_game),
            self.sessions.get(getattr(command, "token", None) or ""),
            self.rounds.get((wallet.id, round_id)) if wallet and round_id else None,
            known,
            HOUSE,
            self.now,
            bonuses=self._bonuses(wallet, round_id),
        )
        decision = self.decisions[type(command)](state, command)
        self._apply(state, decision)
        return word(decision)

    def _bonuses(self, wallet: Wallet | None, round_id: str | None) -> Bonuses | None:
        return None

    def _apply(self, state: PlayState, decision: Decision) -> None:
        before, transaction, entry = state.wallet, decision.transaction, decision.entry
        after = decision.wallet or before
        moved = after.balance - before.balance if before and after else 0
        # A refusal changes nothing but what must be remembered of it.
        if isinstance(decision.outcome, Refused):
            assert decision[1:3] == (None, None)
            assert entry is None and decision.canceled is None
            assert transaction is None or transaction.state in ("refused", "tombstone")
        if transaction is not None:
            _check_row(transaction, before, after, moved)
        assert moved == 0 or entry is not None
        if entry is not None:
            assert entry.amount == abs(moved) > 0
            into, out_of = (after.id, HOUSE) if moved > 0 else (HOUSE, after.id)
            assert (entry.to_account, entry.from_account) == (into, out_of)
        if decision.wallet is not None:
            assert decision.wallet.version == before.version + 1
            assert decision.wallet.balance >= 0 or decision.wallet.may_go_negative
            self.wallets[decision.wallet.user_in_game] = decision.wallet
        self.house -= moved
        if decision.round is not None:
            assert 0 <= decision.round.returned <= decision.round.staked
            self.rounds[decision.round.wallet_id, decision.round.round_id] = decision.round
        if transaction is not None and not transaction.is_cancel:
            assert transaction.provider_tx_id not in self.transactions
            self.transactions[transaction.provider_tx_id] = transaction
        if decision.canceled is not None:
            self.transactions[decision.canceled.provider_tx_id] = decision.canceled
        assert sum(wallet.balance for wallet in self.wallets.values()) + self.house == self._deposited


def _said(kind: str, amount: int, currency: Currency | None, game: Game | None, round_: str) -> str:
    return f"{kind} {amount} {currency and currency.code} game {game and game.id} round {round_}"


def _check_row(transaction: Transaction, before: Wallet, after: Wallet, moved: int) -> None:
    """What the table's own constraints demand."""
    assert (transaction.real_amount, transaction.balance_before) == (moved, before.balance)
    assert transaction.balance_after == before.balance + moved
    assert (transaction.state == "refused") == (transaction.refusal is not None)
    assert transaction.wallet_version == (after.version if after is not before else None)
    assert transaction.wallet_id == before.id


def word(decision: Decision) -> str:
    """The outcome in one word: the balance told, the refusal's name, a state."""
    outcome = decision.outcome
    if isinstance(outcome, Accepted):
        return str(outcome.told)
    if isinstance(outcome, Refused):
        return outcome.refusal.value
    if isinstance(outcome, StatusKnown):
        return outcome.state
    return {Canceled: "canceled", RoundFinished: "finished"}[type(outcome)]
