"""The bonuses of a batch's wallets: what was loaded, overlaid by what was decided. Only wallets to which any may matter."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pitboss.domain.bonus.grant import Grant, Recorded
from pitboss.domain.play.bonus_posting import BonusChange, follow_up_rows
from pitboss.domain.play.state import Bonuses, Entry, Transaction, Wallet
from pitboss.storage.bonuses.play import BonusAsked, BonusesLoaded, MoveRow, RoundAsked

_CLOCKS_APART = timedelta(days=1)
"""Far more than the clocks of two processes differ. Within it too much is loaded, never too little."""
NewIds = Callable[[], tuple[str, str, int]]
"""id, wallet_tx_id and number of a transaction that the hub makes itself."""


class RoundOf(NamedTuple):
    """The round a command is in; None where it is in none."""

    provider_id: int
    round_id: str | None


class Concern(NamedTuple):
    """What of bonuses a command may be about: its round, when that was opened (None: it is new), the codes it is known by."""

    user_in_game: str
    round: RoundOf
    round_opened_at: datetime | None
    codes: tuple[str, ...]


def asked_of(wallets: Mapping[str, Wallet], concerns: Sequence[Concern]) -> BonusAsked | None:
    """What to load for a batch: None when no bonus can matter to it."""
    names = {name for name, wallet in wallets.items() if wallet.has_bonuses}
    names |= {of.user_in_game for of in concerns if of.user_in_game in wallets and _looks_back(wallets, of)}
    if not names:
        return None
    concerned = [of for of in concerns if of.user_in_game in names]
    rounds = {
        RoundAsked(wallets[of.user_in_game].id, of.round.provider_id, of.round.round_id)
        for of in concerned
        if of.round.round_id is not None
    }
    codes = {code for of in concerned for code in of.codes}
    return BonusAsked([wallet.id for name, wallet in wallets.items() if name in names], sorted(rounds), sorted(codes))


def _looks_back(wallets: Mapping[str, Wallet], of: Concern) -> bool:
    """Whether this may be about a bonus of a wallet whose last one is over: a late win may open it again."""
    ended_at = wallets[of.user_in_game].bonuses_ended_at
    if ended_at is None:
        return False
    return bool(of.codes) or (of.round_opened_at is not None and of.round_opened_at < ended_at + _CLOCKS_APART)


class BonusBook:
    """`wallet_ids`: of the wallets in it. `new_ids` names the transactions that follow from a decision."""

    def __init__(self, wallet_ids: Sequence[int], loaded: BonusesLoaded, new_ids: NewIds) -> None:
        self._wallet_ids = frozenset(wallet_ids)
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

    def holds(self, wallet: Wallet) -> bool:
        """Whether the wallet is in it."""
        return wallet.id in self._wallet_ids

    def marks(self, wallets: Mapping[str, Wallet]) -> list[tuple[int, bool]]:
        """The ids of those of these loaded wallets that say otherwise than is so whether they have open bonuses, and what is so."""
        live = {grant.wallet_id for grant in self._grants.values() if grant.state == "active"}
        return [
            (wallet.id, wallet.id in live)
            for wallet in wallets.values()
            if self.holds(wallet) and wallet.has_bonuses != (wallet.id in live)
        ]

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
