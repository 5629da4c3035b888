"""Play with bonuses driven in memory: a ledger of accounts that every posting goes through, and the tables' constraints checked at
each step."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pitboss.domain.bonus.grant import Grant, Move, Recorded
from pitboss.domain.play.bonus_end import end_bonus
from pitboss.domain.play.bonus_posting import follow_up_rows
from pitboss.domain.play.commands import EndBonus
from pitboss.domain.play.decision import Decision, Refused
from pitboss.domain.play.state import Bonuses, Entry, PlayState, Transaction, Wallet
from play_in_memory import AGENT, DECISIONS, GAME, PROVIDER, Memory

COST, FUNDING = 2, 3
DAY = timedelta(days=1)


class BonusMemory(Memory):
    """`ledger`: what each account holds; a wallet's bonus money is the account below zero. `now` moves when a test says so."""

    def __init__(self) -> None:
        self.ledger: Counter[int] = Counter()
        self.grants: dict[str, Grant] = {}
        self.moves: dict[int, list[Recorded]] = {}
        self.rows: list[Transaction] = []
        super().__init__(DECISIONS | {EndBonus: end_bonus})

    def deposit(self, name: str, cents: int) -> None:
        super().deposit(name, cents)
        self.ledger[self.wallets[name].id] += cents
        self.ledger[FUNDING] -= cents

    def give(self, name: str, code: str, **terms: Any) -> None:
        """Three free stakes of 10 cents in the game, their winnings to be wagered 10 times, unless told otherwise."""
        wallet = self.wallets[name]
        said = {
            "kind": "free_spins", "games": frozenset({GAME.id}), "wager_games": frozenset(), "stakes": 3, "value": 10,
            "multiplier": Decimal(10), "max_conversion": None, "valid_from": self.now, "use_by": self.now + 7 * DAY,
            "expires_at": self.now + 30 * DAY,
        } | terms  # fmt: skip
        grant = Grant(id=f"id of {code} {name}", code=code, wallet_id=wallet.id, **said)
        self.grants[grant.id] = grant
        self.wallets[name] = wallet._replace(has_bonuses=True)

    def grant(self, name: str, code: str) -> Grant:
        return self.grants[f"id of {code} {name}"]

    def free_bet(self, name: str, tx: str, code: str, round_: str, amount: int = 10, **more: Any) -> str:
        return self.bet(name, tx, amount, round_, token=name, reason="PROMO-FREESPIN", code=code, **more)

    def end_bonus(self, name: str, code: str, *, remove: bool) -> str:
        return self.do(EndBonus(str(self._next()), AGENT, name, code, remove))

    def _bonuses(self, wallet: Wallet | None, round_id: str | None) -> Bonuses | None:
        if wallet is None or not wallet.has_bonuses:
            return None
        moves = [
            recorded
            for recorded in self.moves.get(wallet.id, [])
            if round_id is not None and (recorded.move.provider_id, recorded.move.round_id) == (PROVIDER, round_id)
        ]
        return Bonuses(tuple(g for g in self.grants.values() if g.wallet_id == wallet.id), tuple(moves), COST)

    def _apply(self, state: PlayState, decision: Decision) -> None:
        if isinstance(decision.outcome, Refused):
            assert (decision.wallet, decision.round, decision.entry, decision.canceled, decision.bonus) == (None,) * 5
        change, running = decision.bonus, state.wallet
        entries = [decision.entry, change.entry if change else None]
        if decision.transaction is not None:
            running = self._write(decision.transaction, running)
        for version, follow_up in change.follow_ups if change else ():
            assert running is not None
            running, transaction, more = follow_up_rows(follow_up, running, self._ids(), COST)
            assert running.version == version == transaction.wallet_version
            self.rows.append(transaction)
            entries += more
        for entry in entries:
            if entry is not None:
                self._post(entry)
        if decision.wallet is not None:
            assert running is not None
            # All that happened to the wallet is told by its transactions, one after the other.
            assert decision.wallet[4:7] == running[4:7]
            self.wallets[decision.wallet.user_in_game] = decision.wallet
        if decision.round is not None:
            assert 0 <= decision.round.returned <= decision.round.staked
            self.rounds[decision.round.wallet_id, decision.round.round_id] = decision.round
        if decision.canceled is not None:
            self.transactions[decision.canceled.provider_tx_id] = decision.canceled
        for grant in change.grants if change else ():
            self.grants[grant.id] = grant
        for recorded in change.moves if change else ():
            assert state.wallet is not None and not recorded.move.is_empty
            self.moves.setdefault(state.wallet.id, []).append(recorded)
        self._check()

    def _write(self, transaction: Transaction, wallet: Wallet | None) -> Wallet | None:
        self.rows.append(transaction)
        if not transaction.is_cancel:
            assert transaction.provider_tx_id not in self.transactions
            self.transactions[transaction.provider_tx_id] = transaction
        assert transaction.balance_after == transaction.balance_before + transaction.real_amount
        if transaction.wallet_version is None:
            return wallet
        assert wallet is not None
        assert (transaction.wallet_version, transaction.balance_before) == (wallet.version + 1, wallet.balance)
        return wallet._replace(
            balance=transaction.balance_after,
            bonus_balance=wallet.bonus_balance + transaction.bonus_amount,
            version=wallet.version + 1,
        )

    def _post(self, entry: Entry) -> None:
        assert entry.amount > 0 and entry.from_account != entry.to_account
        self.ledger[entry.from_account] -= entry.amount
        self.ledger[entry.to_account] += entry.amount

    def _check(self) -> None:
        assert sum(self.ledger.values()) == 0
        for wallet in self.wallets.values():
            assert wallet.balance == self.ledger[wallet.id]
            assert wallet.balance >= 0 or wallet.may_go_negative
            assert wallet.bonus_balance == self.ledger[-wallet.id] >= 0
            grants = [grant for grant in self.grants.values() if grant.wallet_id == wallet.id]
            assert wallet.bonus_balance == sum(grant.balance for grant in grants)
            for grant in grants:
                _check_grant(grant, [recorded.move for recorded in self.moves.get(wallet.id, [])])


def _check_grant(grant: Grant, moves: list[Move]) -> None:
    mine = [move for move in moves if move.grant_id == grant.id]
    sums = [sum(getattr(move, name) for move in mine) for name in ("uses", "money", "required", "counted", "converted")]
    assert [grant.used, grant.balance, grant.required, grant.counted, grant.converted] == sums
    assert min(sums) >= 0
    assert 0 <= grant.wagered <= grant.required
    assert grant.used <= grant.stakes
    assert (grant.state == "active") == (grant.closed_at is None)
    assert grant.state == "active" or grant.balance == 0
    assert grant.max_conversion is None or grant.converted <= grant.max_conversion
