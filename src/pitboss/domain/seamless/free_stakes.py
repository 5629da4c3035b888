"""Promotional stakes of seamless agents' players: the operator pays what they win, the hub counts the grant down."""

from typing import NamedTuple

from pitboss.domain.bonus.grant import Move, at_stake
from pitboss.domain.bonus.returns import refund_free_stake
from pitboss.domain.bonus.stakes import free_stake
from pitboss.domain.play.bonus_play import grant_of
from pitboss.domain.play.bonus_posting import Posted, apply_moves, own_moves, play_moves
from pitboss.domain.play.state import PlayState, Round, Transaction
from pitboss.domain.seamless.words import PROMOTIONAL_STAKE


class FreePart(NamedTuple):
    """`amount`: what the player's money outside gains (a free stake costs nothing); `source`: the account that pays it."""

    amount: int
    posted: Posted
    source: int


def free_part(state: PlayState, known: Transaction, amount: int) -> FreePart | None:
    """What a settled transaction with a grant's code does; None for one that has nothing to do with a grant."""
    grant, bonuses, wallet = grant_of(state.bonuses, known.campaign_code), state.bonuses, state.wallet
    if grant is None or bonuses is None or wallet is None or known.round_id is None:
        return None
    gained, moves = 0, []
    if known.kind == "bet":
        if known.reason != PROMOTIONAL_STAKE:
            return None
        moves = [free_stake(grant, amount, known.provider_id, known.round_id)]
    elif known.kind == "win":
        gained = amount
        moves = [Move(grant.id, known.provider_id, known.round_id, converted=amount)]
    else:
        part = at_stake(play_moves(bonuses)).get(grant.id)
        if part is None or part.uses <= 0 or amount > part.value:
            return None
        moves = [refund_free_stake(part, grant.id, amount, known.provider_id, known.round_id)]
    posted = apply_moves(state, wallet, 0, moves, over=known.kind != "bet", touched=[grant.id])
    # Grants of seamless agents hold no money that could be missing.
    assert posted is not None
    return FreePart(gained, posted, bonuses.cost)


def free_part_undone(state: PlayState, known: Transaction) -> FreePart | None:
    """The same for a transaction that is undone."""
    if state.bonuses is None or state.wallet is None:
        return None
    own = own_moves(state.bonuses, known)
    if not own:
        return None
    posted = apply_moves(state, state.wallet, 0, [move.negated() for move in own], over=True)
    assert posted is not None
    return FreePart(-known.real_amount, posted, state.bonuses.cost)


def may_refund_free_stakes(state: PlayState, round_: Round, amount: int, code: str | None) -> bool:
    """Whether a refund gives back free stakes of the grant it names, as many as there are."""
    grant = grant_of(state.bonuses, code)
    if grant is None or state.bonuses is None:
        return False
    part = at_stake(play_moves(state.bonuses)).get(grant.id)
    return part is not None and part.uses > 0 and amount <= part.value
