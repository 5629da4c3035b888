"""One batch, decided: each command in order, each seeing what the ones before it changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.ledger.move_money import fund_agent, move_money
from pitboss.domain.limits.use import Standing, Use
from pitboss.domain.play.bonus_end import end_bonus
from pitboss.domain.play.bonus_posting import BonusChange
from pitboss.domain.play.cancel_transaction import cancel_transaction
from pitboss.domain.play.commands import (
    CancelTransaction,
    EndBonus,
    FinishRound,
    PlaceBet,
    PlayCommand,
    ReadStatus,
    RefundBet,
    SettleWin,
)
from pitboss.domain.play.counting import Since, counted
from pitboss.domain.play.decision import Decision, Outcome
from pitboss.domain.play.finish_round import finish_round
from pitboss.domain.play.place_bet import place_bet
from pitboss.domain.play.read_status import read_status
from pitboss.domain.play.refund_bet import refund_bet
from pitboss.domain.play.settle_win import settle_win
from pitboss.domain.play.state import PlayState, Round, Transaction, Wallet
from pitboss.domain.seamless.call import Call
from pitboss.domain.seamless.intend import intend_bet, intend_refund, intend_win
from pitboss.domain.seamless.settle_call import settle_call
from pitboss.domain.seamless.settle_change import SettleCall
from pitboss.domain.seamless.undo import intend_cancel, intend_finish
from pitboss.engine.bonus_book import BonusBook, Concern, RoundOf, asked_of
from pitboss.storage.bonuses.play import BonusAsked
from pitboss.storage.play.batch import Changes, Key, Loaded
from pitboss.storage.players.limits import Limited, use_row

Command = PlayCommand | MoveMoney | FundAgent | SettleCall

_DECISIONS: dict[type, Any] = {
    PlaceBet: place_bet,
    SettleWin: settle_win,
    RefundBet: refund_bet,
    CancelTransaction: cancel_transaction,
    FinishRound: finish_round,
    ReadStatus: read_status,
    FundAgent: fund_agent,
    EndBonus: end_bonus,
}
# The same commands where the money is with the agent: the first half, and the second.
_SEAMLESS_DECISIONS: dict[type, Any] = _DECISIONS | {
    PlaceBet: intend_bet,
    SettleWin: intend_win,
    RefundBet: intend_refund,
    CancelTransaction: intend_cancel,
    FinishRound: intend_finish,
    SettleCall: settle_call,
}


class Accounts(NamedTuple):
    """An agent's accounts by currency. `operator`: where a seamless agent's players have their money; None for transfer agents.
    `bonus`: what pays for bonuses."""

    house: Mapping[str, int]
    operator: Mapping[str, int] | None
    bonus: Mapping[str, int] = MappingProxyType({})


class _RoundKey(NamedTuple):
    provider_id: int
    wallet_id: int
    round_id: str


def wallets_of(command: Command) -> tuple[str, ...]:
    """The userInGame of every wallet a command needs locked."""
    if isinstance(command, MoveMoney):
        return command.user_in_game, command.agent_wallet
    return (command.user_in_game,)


def key_of(command: Command, wallet: Wallet | None) -> Key:
    """What must be loaded for a command."""
    # A cancel's own round does not count: the query takes the one of the transaction it undoes.
    round_id = None if isinstance(command, CancelTransaction) else getattr(command, "round_id", None)
    return Key(
        command.provider_id,
        wallet.id if wallet else None,
        getattr(command, "provider_tx_id", None),
        round_id,
        getattr(command, "token", None),
        wallet.player_id if wallet else None,
    )


def bonuses_asked(
    commands: Sequence[Command], loaded: Sequence[Loaded], wallets: Mapping[str, Wallet]
) -> BonusAsked | None:
    """What must be loaded of the wallets' bonuses; None for most batches."""
    if not any(wallet.has_bonuses or wallet.bonuses_ended_at is not None for wallet in wallets.values()):
        return None
    return asked_of(wallets, [_concern(command, stored) for command, stored in zip(commands, loaded, strict=True)])


def _concern(command: Command, stored: Loaded) -> Concern:
    own = getattr(command, "campaign_code", None) or getattr(command, "code", None)
    codes = (own, stored.known.campaign_code if stored.known is not None else None)
    return Concern(
        command.user_in_game,
        round_of(command, stored.known),
        stored.round_opened_at,
        tuple(code for code in codes if code is not None),
    )


def round_of(command: Command, known: Transaction | None) -> RoundOf:
    """The round a command is in; a cancel's is the one of the transaction it undoes."""
    if isinstance(command, CancelTransaction):
        return RoundOf(command.provider_id, known.round_id if known else None)
    return RoundOf(command.provider_id, getattr(command, "round_id", None))


class Batch:
    """The working picture of one batch: what was loaded, overlaid by what was decided."""

    def __init__(
        self,
        batch_id: str,
        wallets: Mapping[str, Wallet],
        accounts: Accounts,
        now: datetime,
        calls: Sequence[Call] = (),
        bonuses: BonusBook | None = None,
        limited: Mapping[str, Limited] = MappingProxyType({}),
    ) -> None:
        self._bonuses = bonuses
        self._loaded_wallets = wallets
        self._wallets = dict(wallets)
        self._accounts = accounts
        self._decisions = _DECISIONS if accounts.operator is None else _SEAMLESS_DECISIONS
        self._loaded_calls = {call.key: call for call in calls}
        self._calls = dict(self._loaded_calls)
        self._now = now
        self._rounds: dict[_RoundKey, Round] = {}
        self._stored_rounds: set[_RoundKey] = set()
        self._transactions: dict[tuple[int, str], Transaction] = {}
        self._changed_rounds: dict[_RoundKey, Round] = {}
        self._changes = Changes(batch_id, now)
        self._events: list[dict[str, Any]] = []
        self._limited = limited
        self._uses: dict[tuple[str, str], Use] = {}

    def decide(self, command: Command, loaded: Loaded) -> Outcome:
        """The outcome of one command; what it changes joins the batch."""
        state = self._state(command, loaded)
        if self._limited:
            state = self._with_limits(state)
        since = None if state.limits is None else self._since(command, loaded)
        if isinstance(command, MoveMoney):
            decision = move_money(state, command, self._wallets.get(command.agent_wallet))
        else:
            decision = self._decisions[type(command)](state, command)
        self._apply(command, decision)
        if state.limits is not None and since is not None:
            self._count(state, state.limits, decision, since)
        return decision.outcome

    def _state(self, command: Command, loaded: Loaded) -> PlayState:
        wallet = self._wallets.get(command.user_in_game)
        tx_id = getattr(command, "provider_tx_id", None)
        known = loaded.known
        if tx_id is not None:
            known = self._transactions.get((command.provider_id, tx_id), known)
        round_ = loaded.round
        if wallet is not None:
            round_ = self._round(command, wallet, known, round_)
        house = self._accounts.house.get(wallet.currency, 0) if wallet else 0
        bonuses = None
        if self._bonuses is not None and wallet is not None and self._bonuses.holds(wallet):
            cost = self._accounts.bonus.get(wallet.currency, 0)
            bonuses = self._bonuses.of(wallet, round_of(command, known), cost)
        if self._accounts.operator is None or wallet is None:
            return PlayState(wallet, loaded.player, loaded.session, round_, known, house, self._now, bonuses)
        calls = tuple(call for call in self._calls.values() if call.wallet_id == wallet.id)
        operator = self._accounts.operator[wallet.currency]
        return PlayState(
            wallet, loaded.player, loaded.session, round_, known, house, self._now, bonuses, operator, calls
        )

    def _with_limits(self, state: PlayState) -> PlayState:
        """The same, with what limits the player, where anything does."""
        known = self._limited.get(state.player.player_id) if state.player is not None else None
        if known is None or state.player is None or state.wallet is None:
            return state
        mine = {code: use for (player, code), use in self._uses.items() if player == state.player.player_id}
        return state._replace(limits=Limited(known.limits, {**known.uses, **mine}).standing(state.wallet.currency))

    def _since(self, command: Command, loaded: Loaded) -> Since:
        made_here = (command.provider_id, getattr(command, "provider_tx_id", None)) in self._transactions
        known_at = None if made_here else loaded.known_at
        return Since(known_at or self._now, loaded.round_opened_at or self._now)

    def _count(self, state: PlayState, standing: Standing, decision: Decision, since: Since) -> None:
        assert state.player is not None
        use = counted(standing, decision, since, self._now)
        if use is not standing.use:
            self._uses[state.player.player_id, standing.currency] = use

    def _round(self, command: Command, wallet: Wallet, known: Transaction | None, stored: Round | None) -> Round | None:
        if isinstance(command, CancelTransaction):
            round_id = known.round_id if known else None
        else:
            round_id = getattr(command, "round_id", None)
        if round_id is None:
            return None
        key = _RoundKey(command.provider_id, wallet.id, round_id)
        if stored is not None:
            self._stored_rounds.add(key)
        return self._rounds.get(key, stored)

    def _apply(self, command: Command, decision: Decision) -> None:
        if decision.wallet is not None:
            self._wallets[decision.wallet.user_in_game] = decision.wallet
        if decision.other_wallet is not None:
            self._wallets[decision.other_wallet.user_in_game] = decision.other_wallet
        if decision.round is not None:
            key = _RoundKey(*decision.round[:3])
            self._rounds[key] = self._changed_rounds[key] = decision.round
        if decision.entry is not None:
            self._changes.entries.append(decision.entry)
        transaction = decision.transaction
        if transaction is not None:
            self._changes.transactions.append(transaction)
            if not transaction.is_cancel:
                self._transactions[transaction[:2]] = transaction
            if transaction.wallet_version is not None and decision.wallet is not None:
                self._tell(transaction, decision)
        if decision.canceled is not None:
            self._change(decision.canceled, self._changes.canceled)
        if self._accounts.operator is not None:
            self._apply_call(decision)
        if decision.bonus is not None:
            self._apply_bonus(decision, decision.bonus, self._wallets[command.user_in_game])

    def _apply_call(self, decision: Decision) -> None:
        """What only seamless agents have."""
        if decision.settled is not None:
            self._change(decision.settled, self._changes.settled)
            if decision.settled.wallet_version is not None and decision.wallet is not None:
                self._tell(decision.settled, decision)
        if decision.forgotten is not None:
            self._transactions.pop(decision.forgotten[:2], None)
            self._changes.forgotten.append(decision.forgotten)
        if decision.call is not None:
            self._calls[decision.call.key] = decision.call
        if decision.ended_call is not None:
            self._calls.pop(decision.ended_call.key, None)

    def _tell(self, transaction: Transaction, decision: Decision) -> None:
        assert decision.wallet is not None
        event = _event(transaction, decision.wallet, decision.round)
        if decision.bonus is not None:
            event["free_value"] = sum(recorded.move.value for recorded in decision.bonus.moves)
        self._events.append(event)

    def _apply_bonus(self, decision: Decision, change: BonusChange, wallet: Wallet) -> None:
        """What a decision did to bonuses, and what follows from it: transactions of their own."""
        assert self._bonuses is not None
        cost = self._accounts.bonus.get(wallet.currency, 0)
        entries, made = self._bonuses.apply(change, wallet, cost)
        self._changes.entries += entries
        for transaction, after in made:
            self._changes.transactions.append(transaction)
            self._events.append(_event(transaction, after, None))

    def _change(self, changed: Transaction, stored: list[Transaction]) -> None:
        """A transaction's new value: into what the batch writes of it already, else among the changes of `stored` ones."""
        key = changed[:2]
        self._transactions[key] = changed
        for rows in (self._changes.transactions, self._changes.settled):
            for place, mine in enumerate(rows):
                if mine[:2] == key and not mine.is_cancel:
                    # Made and undone in one batch: it is written as it is in the end.
                    rows[place] = changed
                    return
        stored.append(changed)

    def changes(self) -> Changes:
        """All that the batch writes."""
        changes = self._changes
        for name, wallet in self._wallets.items():
            before = self._loaded_wallets[name].version
            if wallet.version != before:
                changes.wallets.append((wallet, before))
        for key, round_ in self._changed_rounds.items():
            (changes.rounds if key in self._stored_rounds else changes.new_rounds).append(round_)
        if self._calls or self._loaded_calls:
            self._add_calls(changes)
        if self._bonuses is not None:
            changes.grants, changes.moves = self._bonuses.changed_grants(), self._bonuses.new_moves()
            changes.marks = self._bonuses.marks(self._loaded_wallets)
        for (player, currency), use in self._uses.items():
            changes.uses.append(use_row(player, currency, use, self._now))
        if self._events:
            changes.events = msgspec.json.encode(self._events)
        return changes

    def _add_calls(self, changes: Changes) -> None:
        for key, call in self._calls.items():
            before = self._loaded_calls.get(key)
            if before is None:
                changes.new_calls.append(call)
            elif before != call:
                changes.calls.append(call)
        changes.ended_calls += [call for key, call in self._loaded_calls.items() if key not in self._calls]


def _event(transaction: Transaction, wallet: Wallet, round_: Round | None) -> dict[str, Any]:
    """What the journal's readers learn of a transaction (with bonuses in play also `free_value`, the face value of the free stakes
    it took, negative for those it gave back); amounts are signed minor units of the wallet's currency. `finished`:
    whether its round was over after it; `round_bets`, `round_stands`: how many stakes it had then, and what of them was not given
    back."""
    return {
        "kind": transaction.kind,
        "id": transaction.id,
        "wallet_tx_id": transaction.wallet_tx_id,
        "undoes": transaction.said if transaction.is_cancel else None,
        "user_in_game": wallet.user_in_game,
        "wallet_version": transaction.wallet_version,
        "currency": wallet.currency,
        "provider_id": transaction.provider_id,
        "provider_tx_id": transaction.provider_tx_id,
        "game_id": transaction.game_id,
        "round_id": transaction.round_id,
        "finished": round_ is not None and round_.finished,
        "round_bets": None if round_ is None else round_.bets,
        "round_stands": None if round_ is None else round_.staked - round_.returned,
        "real": transaction.real_amount,
        "bonus": transaction.bonus_amount,
        "after": transaction.balance_after,
        "settle_rate": transaction.settle_rate,
        "reason": transaction.reason,
        "campaign_code": transaction.campaign_code,
    }
