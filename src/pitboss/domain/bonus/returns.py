"""Stakes that come back, in whole or in part, by refund or cancel, in any order: what was staked last comes back first.

A round whose stakes are all returned has given back exactly what each bonus had put in, wagering included.
"""

from collections.abc import Mapping, Sequence

from pitboss.domain.bonus.grant import Move, Stake, at_stake
from pitboss.domain.bonus.winnings import Split


def refund(moves: Sequence[Move], amount: int, net_staked: int, provider_id: int, round_id: str) -> Split:
    """`amount` of the round's `net_staked` comes back: bonus money first, since real money was staked first, and the wagering
    of that share."""
    parts = dict(reversed(at_stake(moves).items()))
    staked = {grant_id: part.staked for grant_id, part in parts.items()}
    counted = {grant_id: part.counted for grant_id, part in parts.items()}
    wagered = sum(counted.values())
    money = min(amount, sum(staked.values()))
    # What stays counted stays within what stays staked, fractions or not.
    wagering = max(wagered * amount // net_staked, wagered - (net_staked - amount)) if net_staked else 0
    money_back, wagering_back = _draw(money, {}, staked), _draw(wagering, {}, counted)
    made = [_back(grant_id, provider_id, round_id, money_back[grant_id], wagering_back[grant_id]) for grant_id in parts]
    return Split(amount - money, tuple(move for move in made if not move.is_empty))


def undo_bet(
    moves: Sequence[Move], own: Sequence[Move], amount: int, net_staked: int, provider_id: int, round_id: str
) -> Split:
    """A bet of `amount` with the moves `own` is undone. What a refund has brought back already does not come back twice: then
    other money of the same round does."""
    parts = at_stake(moves)
    staked = {grant_id: part.staked for grant_id, part in parts.items()}
    counted = {grant_id: part.counted for grant_id, part in parts.items()}
    own_counted = {move.grant_id: min(move.counted, counted[move.grant_id]) for move in own}
    left = net_staked - amount
    # Real money of the round may not suffice; and what stays counted stays within what stays staked.
    real = net_staked - sum(staked.values())
    money = min(max(sum(move.staked for move in own), amount - real), sum(staked.values()))
    wagering = max(sum(own_counted.values()), sum(counted.values()) - left)
    money_back = _draw(money, {move.grant_id: move.staked for move in own}, staked)
    wagering_back = _draw(wagering, own_counted, counted)
    made = [_back(grant_id, provider_id, round_id, money_back[grant_id], wagering_back[grant_id]) for grant_id in parts]
    return Split(amount - money, tuple(move for move in made if not move.is_empty))


def _draw(total: int, first: Mapping[str, int], limits: Mapping[str, int]) -> dict[str, int]:
    """`total` shared out: as much as `first` says, then from whatever is left within the limits."""
    back = dict.fromkeys(limits, 0)
    for wanted in (first, limits):
        for grant_id, share in wanted.items():
            taken = min(total, max(min(share, limits[grant_id]) - back[grant_id], 0))
            back[grant_id] += taken
            total -= taken
    return back


def _back(grant_id: str, provider_id: int, round_id: str, money: int, counted: int) -> Move:
    return Move(grant_id, provider_id, round_id, staked=-money, money=money, counted=-counted)


def refund_free_stake(part: Stake, grant_id: str, amount: int, provider_id: int, round_id: str) -> Move:
    """`amount` of the face value of a round's free stakes comes back; as many stakes as that makes whole."""
    left_value = part.value - amount
    left_uses = -(-part.uses * left_value // part.value) if part.value else 0
    return Move(grant_id, provider_id, round_id, uses=left_uses - part.uses, value=-amount)
