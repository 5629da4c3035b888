"""Bets, wins and refunds of a wallet that has bonuses. The rules without bonuses stand in the modules named for them; here is what
differs: who pays a stake, and where what comes back goes."""

from typing import NamedTuple

from pitboss.domain.bonus.grant import Grant, Move, at_stake
from pitboss.domain.bonus.returns import refund, refund_free_stake, undo_bet
from pitboss.domain.bonus.stakes import free_stake, free_stake_allowed, stake, stakeable
from pitboss.domain.bonus.winnings import free_win, win
from pitboss.domain.catalogue.game import Game
from pitboss.domain.play.bonus_posting import (
    Posted,
    apply_moves,
    between,
    bonus_account,
    grants_after,
    net_staked,
    own_moves,
    play_moves,
    real_entry,
    round_grants,
    told,
)
from pitboss.domain.play.state import Bonuses, Entry, PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.words import PROMOTIONAL_STAKE


class Part(NamedTuple):
    """What one transaction moves: `real` and `bonus` money gained, the wallet right after it and in the end, the balance told."""

    real: int
    bonus: int
    entry: Entry | None
    posted: Posted
    told: int


def grant_of(bonuses: Bonuses | None, code: str | None) -> Grant | None:
    """The wallet's grant of this code."""
    if bonuses is None or code is None:
        return None
    return next((grant for grant in bonuses.grants if grant.code == code), None)


def free_stake_stands(state: PlayState, code: str | None, game: Game, amount: int) -> bool:
    """Whether a grant of the player pays this promotional stake; one that a seamless operator is being asked about is taken."""
    grant = grant_of(state.bonuses, code)
    if grant is None:
        return False
    under_way = sum(1 for call in state.calls if call.campaign_code == code)
    return free_stake_allowed(grant._replace(used=grant.used + under_way), game.id, amount, state.now)


def funds(state: PlayState, wallet: Wallet, game: Game) -> int:
    """What the player can stake in the game: real money, and bonus money that may be staked there."""
    bonus = 0 if state.bonuses is None else stakeable(state.bonuses.grants, game.id, state.now)
    return max(wallet.balance, 0) + bonus


def bet_part(
    state: PlayState, wallet: Wallet, ids: tuple[str, str], game: Game, amount: int, provider_id: int, round_id: str,
    reason: str | None, code: str | None, finished: bool,
) -> Part:  # fmt: skip
    """A stake that was judged: a free one takes nothing; others take real money before bonus money, and count as wagering."""
    bonuses = state.bonuses
    assert bonuses is not None
    if reason == PROMOTIONAL_STAKE:
        grant = grant_of(bonuses, code)
        assert grant is not None
        real, moves = 0, [free_stake(grant, amount, provider_id, round_id)]
    else:
        real = min(amount, max(wallet.balance, 0))
        moves = stake(
            bonuses.grants, amount=amount, bonus=amount - real, contribution=game.contribution, game_id=game.id, now=state.now,
            provider_id=provider_id, round_id=round_id,
        )  # fmt: skip
    return _sure(_part(state, wallet, ids, state.house, -real, moves, game.id, [], over=finished))


def win_part(
    state: PlayState, wallet: Wallet, ids: tuple[str, str], game_id: int | None, amount: int, provider_id: int, round_id: str,
    code: str | None,
) -> Part:  # fmt: skip
    """Winnings: of a free stake by its grant's terms, of others as they were staked."""
    bonuses = state.bonuses
    assert bonuses is not None
    grant = grant_of(bonuses, code)
    if grant is not None:
        split, source = free_win(grant, amount, provider_id, round_id), bonuses.cost
    else:
        split = win(play_moves(bonuses), amount, net_staked(state.round), provider_id, round_id)
        source = state.house
    touched = round_grants(bonuses, code)
    return _sure(_part(state, wallet, ids, source, split.real, list(split.moves), game_id, touched, over=True))


def refund_part(
    state: PlayState, wallet: Wallet, ids: tuple[str, str], known: Round, amount: int, code: str | None
) -> Part | None:
    """Stakes that come back, free ones as stakes; None when more would come back than was staked."""
    bonuses = state.bonuses
    assert bonuses is not None
    moves = play_moves(bonuses)
    free = _free_stakes(bonuses, moves, known, code)
    if free is not None:
        part = at_stake(moves)[free]
        if amount > part.value:
            return None
        made = [refund_free_stake(part, free, amount, known.provider_id, known.round_id)]
        return _sure(_part(state, wallet, ids, state.house, 0, made, known.game_id, [], over=True))
    if amount > net_staked(known):
        return None
    split = refund(moves, amount, net_staked(known), known.provider_id, known.round_id)
    return _sure(
        _part(state, wallet, ids, state.house, split.real, list(split.moves), known.game_id, [], over=True, undone=True)
    )


def _free_stakes(bonuses: Bonuses, moves: list[Move], known: Round, code: str | None) -> str | None:
    """The grant whose free stakes a refund gives back: the one named, or the only one in a round without other stakes."""
    parts = {grant_id: part for grant_id, part in at_stake(moves).items() if part.uses > 0}
    named = grant_of(bonuses, code)
    if named is not None and named.id in parts:
        return named.id
    return next(iter(parts)) if len(parts) == 1 and not known.staked else None


def undo_part(
    state: PlayState, wallet: Wallet, ids: tuple[str, str], known: Transaction, *, may_go_negative: bool
) -> Part | Refusal:
    """A transaction undone: what it took comes back, what it gave is taken back, wherever it went since."""
    bonuses = state.bonuses
    assert bonuses is not None
    moves, own = play_moves(bonuses), own_moves(bonuses, known)
    real, source = -known.real_amount, state.house
    if known.kind == "bet" and any(move.uses for move in own):
        made = _free_stakes_undone(moves, own)
        if made is None:
            return Refusal.RETURNS_MORE_THAN_STAKED
    elif known.kind == "bet":
        amount = -known.real_amount - known.bonus_amount
        split = undo_bet(moves, own, amount, net_staked(state.round), known.provider_id, known.round_id or "")
        real, made = split.real, list(split.moves)
    else:
        made = [move.negated() for move in own]
        if any(move.required or move.converted for move in own):
            source = bonuses.cost
    part = _part(
        state,
        wallet,
        ids,
        source,
        real,
        made,
        known.game_id,
        [],
        over=True,
        undone=True,
        may_go_negative=may_go_negative,
    )
    taken = real < 0 and wallet.balance + real < 0 and not may_go_negative
    return Refusal.MONEY_ALREADY_SPENT if part is None or taken else part


def _free_stakes_undone(moves: list[Move], own: list[Move]) -> list[Move] | None:
    parts = at_stake(moves)
    made = []
    for move in own:
        part = parts[move.grant_id]
        if part.uses < move.uses:
            return None
        made.append(move.negated()._replace(value=-min(move.value, part.value)))
    return made


def _sure(part: Part | None) -> Part:
    """Stakes take what is there, and winnings and refunds take nothing: they cannot fail for want of money."""
    assert part is not None
    return part


def _part(
    state: PlayState, wallet: Wallet, ids: tuple[str, str], other: int, real: int, moves: list[Move], game_id: int | None,
    touched: list[str], *, over: bool, undone: bool = False, may_go_negative: bool = False,
) -> Part | None:  # fmt: skip
    posted = apply_moves(
        state, wallet, real, moves, over=over, touched=touched, undone=undone, may_go_negative=may_go_negative
    )
    if posted is None:
        return None
    bonus = sum(move.money for move in moves)
    at_once = wallet._replace(balance=wallet.balance + real, version=wallet.version + 1)
    entry_id, transaction_id = ids
    change = posted.change._replace(
        entry=between(transaction_id, transaction_id, other, bonus_account(wallet.id), bonus)
    )
    return Part(
        real,
        bonus,
        real_entry(entry_id, transaction_id, other, at_once, real),
        posted._replace(change=change),
        told(state, posted.wallet, grants_after(state, change), game_id),
    )
