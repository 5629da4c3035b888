"""The bonuses of a batch's wallets: what was loaded, overlaid by what was decided. Only wallets that ever had one are in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pitboss.domain.bonus.grant import Grant, Recorded
from pitboss.domain.play.bonus_posting import BonusChange, follow_up_rows
from pitboss.domain.play.state import Bonuses, Entry, Transaction, Wallet
from pitboss.storage.bonus_play import BonusAsked, BonusesLoaded, MoveRow, RoundAsked

NewIds = Callable[[], tuple[str, str, int]]
"""id, wallet_tx_id and number of a transaction that the hub makes itself."""


class RoundOf(NamedTuple):
    """The round a command is in; None where it is in none."""

    provider_id: int
    round_id: str | None


def asked_of(
    wallets: Mapping[str, Wallet], rounds: Iterable[tuple[str, RoundOf]], codes: Iterable[str | None]
) -> BonusAsked | None:
    """What to load for a batch: None when none of its wallets has bonuses. `rounds`: by userInGame."""
    ids = [wallet.id for wallet in wallets.values() if wallet.has_bonuses]
    if not ids:
        return None
    concerned = {
        RoundAsked(wallets[name].id, round_.provider_id, round_.round_id)
        for name, round_ in rounds
        if name in wallets and wallets[name].has_bonuses and round_.round_id is not None
    }
    return BonusAsked(ids, sorted(concerned), sorted({code for code in codes if code is not None}))


class BonusBook:
    """`new_ids` names the transactions that follow from a decision."""

    def __init__(self, loaded: BonusesLoaded, new_ids: NewIds) -> None:
        self._new_ids = new_ids
        self._loaded = {grant.id: grant for grant in loaded.grants}
        self._grants = dict(self._loaded)
        self._moves: dict[tuple[int, int, str], list[Recorded]] = {}
        for row in loaded.moves:
            self._keep(row.wallet_id, row.recorded)
        self._new_moves: list[MoveRow] = []

    def _keep(self, wallet_id: int, recorded: Recorded) -> None:
        move = recorded.move
        if move.round_id is not None:
            self._moves.setdefault((wallet_id, move.provider_id, move.round_id), []).append(recorded)

    def of(self, wallet: Wallet, round_: RoundOf, cost: int) -> Bonuses:
        """What a command of this wallet meets."""
        grants = tuple(grant for grant in self._grants.values() if grant.wallet_id == wallet.id)
        moves: Sequence[Recorded] = ()
        if round_.round_id is not None:
            moves = self._moves.get((wallet.id, round_.provider_id, round_.round_id), ())
        return Bonuses(grants, tuple(moves), cost)

    def apply(
        self, change: BonusChange, wallet: Wallet, cost: int
    ) -> tuple[list[Entry], list[tuple[Transaction, Wallet]]]:
        """Take a decision's change in; the postings and, in order, the transactions that follow from it with the wallet after
        each. `wallet`: as the decision leaves it, with all of that."""
        for grant in change.grants:
            self._grants[grant.id] = grant
        for recorded in change.moves:
            self._keep(wallet.id, recorded)
            self._new_moves.append(MoveRow(wallet.id, recorded))
        entries = [] if change.entry is None else [change.entry]
        running = wallet._replace(
            balance=wallet.balance - sum(follow_up.real for _, follow_up in change.follow_ups),
            bonus_balance=wallet.bonus_balance - sum(follow_up.bonus for _, follow_up in change.follow_ups),
            version=wallet.version - len(change.follow_ups),
        )
        made = []
        for _, follow_up in change.follow_ups:
            running, transaction, more = follow_up_rows(follow_up, running, self._new_ids(), cost)
            entries += more
            made.append((transaction, running))
        return entries, made

    def changed_grants(self) -> list[Grant]:
        """Grants with another value than was loaded."""
        return [grant for grant in self._grants.values() if grant != self._loaded[grant.id]]

    def new_moves(self) -> list[MoveRow]:
        """Moves that are not stored yet."""
        return self._new_moves
