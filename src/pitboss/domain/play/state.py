"""What a decision may know: the rows a batch loaded, as immutable values."""

from datetime import datetime
from typing import NamedTuple

from pitboss.domain.bonus.grant import Grant, Recorded
from pitboss.domain.limits.use import Standing
from pitboss.domain.seamless.call import Call


class Wallet(NamedTuple):
    """A player's (or agent's) money in one currency, minor units. `version` numbers what happened to it, from 1. `has_bonuses`:
    whether any may be open; only then are they loaded. `bonuses_ended_at`: when the last was over, of a wallet that had some;
    None as long as that was not noted. Loaded for what may belong to the time before."""

    id: int
    user_in_game: str
    player_id: str | None
    currency: str
    balance: int
    bonus_balance: int
    version: int
    may_go_negative: bool
    has_bonuses: bool = False
    bonuses_ended_at: datetime | None = None

    @property
    def told(self) -> int:
        """The balance a studio is told: real money and what bonus money may be staked."""
        return self.balance + self.bonus_balance


class Player(NamedTuple):
    """The part of a player that decides. `operator_user_id`: what a seamless agent calls him. `bet_limits`: the sets chosen for
    him, JSON text; None where the defaults hold. `limited`: whether he has limits of his own; only then are they loaded."""

    player_id: str
    blocked: bool
    operator_user_id: str = ""
    bet_limits: str | None = None
    limited: bool = False


class Session(NamedTuple):
    """One launch. Ended sessions keep their row, so that a late call finds out."""

    token: str
    wallet_id: int
    provider_id: int
    expires_at: datetime
    ended: bool
    operator_token: str | None = None

    def admits(self, wallet_id: int, provider_id: int, now: datetime) -> bool:
        """Whether this player may stake in it at this provider now."""
        return (
            not self.ended and self.wallet_id == wallet_id and self.provider_id == provider_id and now < self.expires_at
        )


class Round(NamedTuple):
    """One player's part of a studio's round; `staked - returned` is the turnover in it. Minor units.

    `bets` counts the stakes that were taken, those of nothing and those returned since too.
    """

    provider_id: int
    wallet_id: int
    round_id: str
    number: int
    game_id: int | None
    staked: int
    returned: int
    won: int
    finished: bool
    bets: int


class Transaction(NamedTuple):
    """A row of the idempotency table; field by field what `storage` writes (see its migration for the meaning)."""

    provider_id: int
    provider_tx_id: str
    is_cancel: bool
    id: str
    wallet_tx_id: str
    number: int
    kind: str
    state: str
    said: str
    refusal: str | None
    wallet_id: int
    wallet_version: int | None
    game_id: int | None
    round_id: str | None
    real_amount: int
    bonus_amount: int
    balance_before: int
    balance_after: int
    told: int
    settle_rate: str | None
    reason: str | None
    campaign_code: str | None
    history_id: str | None
    review: str | None
    answer: str | None


class Entry(NamedTuple):
    """A posting: `amount` > 0 minor units leave one account and reach another; versions and balances of the wallets among them."""

    id: str
    transaction_id: str
    from_account: int
    to_account: int
    amount: int
    from_version: int | None
    from_after: int | None
    to_version: int | None
    to_after: int | None


class Bonuses(NamedTuple):
    """A wallet's grants that matter to a command, the moves of its round, and the account that pays for bonuses."""

    grants: tuple[Grant, ...]
    moves: tuple[Recorded, ...]
    cost: int


class PlayState(NamedTuple):
    """What one command meets: `known` is the transaction of the same id, `round` the round it names (for a cancel: the
    round of the transaction it undoes). None where there is none. `house` is the agent's house account in the wallet's currency.
    `bonuses`: of a wallet that has any. For a seamless agent `operator` is the account its players' money comes from, and `calls`
    are the wallet's unsettled ones. `limits`: of a limited player."""

    wallet: Wallet | None
    player: Player | None
    session: Session | None
    round: Round | None
    known: Transaction | None
    house: int
    now: datetime
    bonuses: Bonuses | None = None
    operator: int = 0
    calls: tuple[Call, ...] = ()
    limits: Standing | None = None
