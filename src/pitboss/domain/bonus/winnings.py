"""Where what a round paid goes: real money, or bonus money that must be wagered first."""

from collections.abc import Iterable
from typing import NamedTuple

from pitboss.domain.bonus.grant import Grant, Move, at_stake


class Split(NamedTuple):
    """`real` goes to the wallet itself, the rest to bonuses by the moves."""

    real: int
    moves: tuple[Move, ...]

    @property
    def bonus(self) -> int:
        """The bonus money gained."""
        return sum(move.money for move in self.moves)


def free_win(grant: Grant, amount: int, provider_id: int, round_id: str) -> Split:
    """The winnings of a free stake: bonus money with its requirement, or real money at once where nothing must be wagered.

    Beyond the most that may be converted, winnings that need no wagering are not paid.
    """
    if grant.multiplier:
        move = Move(
            grant.id, provider_id, round_id, money=amount, required=grant.requirement_of(amount)
        )  # fmt: skip
        return Split(0, () if move.is_empty else (move,))
    real = amount
    if grant.max_conversion is not None:
        real = min(amount, max(grant.max_conversion - grant.converted, 0))
    move = Move(grant.id, provider_id, round_id, converted=real)
    return Split(real, () if move.is_empty else (move,))


def win(moves: Iterable[Move], amount: int, net_staked: int, provider_id: int, round_id: str) -> Split:
    """The winnings of a round follow its stakes: the share that bonus money bought is bonus money, to the last minor unit.

    `moves` are the round's so far, `net_staked` its stakes less what was returned, real and bonus money together.
    """
    shares = {grant_id: part.staked for grant_id, part in at_stake(moves).items() if part.staked > 0}
    bought = sum(shares.values())
    if not bought or not amount:
        return Split(amount, ())
    real = amount * (net_staked - bought) // net_staked
    left, made = amount - real, []
    for grant_id, staked in shares.items():
        gained = left * staked // bought
        left, bought = left - gained, bought - staked
        made.append(Move(grant_id, provider_id, round_id, money=gained))
    return Split(real, tuple(move for move in made if move.money))
