"""A grant: what one player has of a bonus, and the moves that make it so. Amounts are minor units of the wallet's currency."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_CEILING, Context, Decimal
from typing import Literal, NamedTuple

GrantState = Literal["active", "completed", "converted", "expired", "removed", "forfeited"]

_EXACT = Context(prec=80)


class Grant(NamedTuple):
    """The terms of a campaign, and where one player's wallet stands with it.

    `games` (the hub's ids): where its free stakes, so many as `stakes`, may be played, until `use_by`. `wager_games`: where its
    money may be staked and counts, until `expires_at`; empty: in all. `used` free stakes were taken, `balance` is its bonus
    money, `required` what must be staked before that becomes real, `counted` what was, `converted` the real money it became.
    """

    id: str
    code: str
    wallet_id: int
    kind: str
    games: frozenset[int]
    wager_games: frozenset[int]
    stakes: int
    value: int
    multiplier: Decimal
    max_conversion: int | None
    valid_from: datetime
    use_by: datetime
    expires_at: datetime
    state: GrantState = "active"
    used: int = 0
    balance: int = 0
    required: int = 0
    counted: int = 0
    converted: int = 0
    closed_at: datetime | None = None

    @property
    def wagered(self) -> int:
        """How much of the requirement is met: never below zero, never above it, whatever was undone since."""
        return min(self.counted, self.required)

    @property
    def met(self) -> bool:
        """Whether nothing more has to be staked."""
        return self.counted >= self.required

    def playable(self, now: datetime) -> bool:
        """Whether free stakes are left that may still be played, now or later."""
        return self.state == "active" and self.used < self.stakes and now < self.use_by

    def stakeable(self, game_id: int | None, now: datetime) -> int:
        """How much of its money may be staked in this game now."""
        return self.balance if self.wagers_in(game_id, now) else 0

    def wagers_in(self, game_id: int | None, now: datetime) -> bool:
        """Whether stakes in this game are any of its business."""
        if self.state != "active" or now >= self.expires_at:
            return False
        return not self.wager_games or game_id in self.wager_games

    def requirement_of(self, winnings: int) -> int:
        """What must be staked for these winnings: winnings × multiplier, a fraction of a minor unit upwards."""
        exact = _EXACT.multiply(Decimal(winnings), self.multiplier)
        return int(exact.to_integral_value(ROUND_CEILING, _EXACT))


class Move(NamedTuple):
    """What one transaction did to one grant; signed. A grant is the sum of its moves.

    `uses`: free stakes taken, of the face value `value`. `staked`: bonus money at stake in the round. `money`: bonus money gained.
    `required`, `counted`: wagering. `converted`: real money gained. provider and round are those of the transaction, 0 and None
    for what the hub does itself.
    """

    grant_id: str
    provider_id: int
    round_id: str | None
    uses: int = 0
    value: int = 0
    staked: int = 0
    money: int = 0
    required: int = 0
    counted: int = 0
    converted: int = 0

    def negated(self) -> "Move":
        """Its opposite."""
        return Move(*self[:3], *(-part for part in self[3:]))

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return not any(self[3:])


class Recorded(NamedTuple):
    """A move and the wallet's version it belongs to: which transaction made it."""

    wallet_version: int
    move: Move


class Stake(NamedTuple):
    """What moved in a round for one grant, all its moves together."""

    uses: int = 0
    value: int = 0
    staked: int = 0
    counted: int = 0


def moved(grant: Grant, move: Move) -> Grant:
    """The grant after a move."""
    return grant._replace(
        used=grant.used + move.uses,
        balance=grant.balance + move.money,
        required=grant.required + move.required,
        counted=grant.counted + move.counted,
        converted=grant.converted + move.converted,
    )


def at_stake(moves: Iterable[Move]) -> dict[str, Stake]:
    """What each grant has in a round, by the moves of that round; in the order the grants came into it."""
    sums: dict[str, Stake] = {}
    for move in moves:
        known = sums.get(move.grant_id, Stake())
        sums[move.grant_id] = Stake(
            known.uses + move.uses, known.value + move.value, known.staked + move.staked, known.counted + move.counted
        )
    return sums


def in_order(grants: Iterable[Grant]) -> list[Grant]:
    """The order in which bonuses are used up: what ends first comes first."""
    return sorted(grants, key=lambda grant: (grant.expires_at, grant.id))
