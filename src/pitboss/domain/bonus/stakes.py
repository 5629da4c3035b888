"""What a stake takes from a player's bonuses, and what it counts for."""

from collections.abc import Iterable
from datetime import datetime

from pitboss.domain.bonus.grant import Grant, Move, in_order


def free_stake_allowed(grant: Grant | None, game_id: int, amount: int, now: datetime) -> bool:
    """Whether the grant pays this stake: still active, begun and not over, some left, the right game, no dearer than granted."""
    return (
        grant is not None
        and grant.playable(now)
        and now >= grant.valid_from
        and game_id in grant.games
        and amount <= grant.value
    )


def free_stake(grant: Grant, amount: int, provider_id: int, round_id: str) -> Move:
    """One stake of the grant; `amount` is its face value, which nobody pays."""
    return Move(grant.id, provider_id, round_id, uses=1, value=amount)


def stakeable(grants: Iterable[Grant], game_id: int | None, now: datetime) -> int:
    """The bonus money that may be staked in a game now."""
    return sum(grant.stakeable(game_id, now) for grant in grants)


def stake(
    grants: Iterable[Grant],
    *,
    amount: int,
    bonus: int,
    contribution: int,
    game_id: int,
    now: datetime,
    provider_id: int,
    round_id: str,
) -> list[Move]:
    """A stake of `amount`, `bonus` of it bonus money that must be there; `contribution` percent of it count.

    Money comes from the bonus that ends first. A stake counts for one bonus, the first that needs it, and for no more than that
    needs.
    """
    moves: list[Move] = []
    counts = amount * contribution // 100
    for grant in in_order(grants):
        taken = min(bonus, grant.stakeable(game_id, now))
        counted = 0
        if counts and grant.wagers_in(game_id, now) and not grant.met:
            counted, counts = min(counts, grant.required - grant.counted), 0
        bonus -= taken
        if taken or counted:
            moves.append(Move(grant.id, provider_id, round_id, staked=taken, money=-taken, counted=counted))
    assert bonus == 0
    return moves
