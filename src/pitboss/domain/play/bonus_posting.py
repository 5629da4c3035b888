"""A decision that touches bonuses: what the wallet gains in real and bonus money, and what follows for its grants.

Bonus money has an account of its own beside the wallet's, so that it is posted like any other money; what is won with free
stakes, and what is taken away, goes over the agent's bonus cost.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pitboss.domain.bonus.closing import FollowUp, settle
from pitboss.domain.bonus.grant import Grant, Move, Recorded, moved
from pitboss.domain.bonus.stakes import stakeable
from pitboss.domain.play.state import Bonuses, Entry, PlayState, Round, Transaction, Wallet


class BonusChange(NamedTuple):
    """`grants`: new values. `moves`: with the wallet's version they belong to. `follow_ups`: by the version each gets; their
    transactions are named by whoever stores them. `entry`: the bonus part of the decision's own transaction."""

    grants: tuple[Grant, ...]
    moves: tuple[Recorded, ...]
    follow_ups: tuple[tuple[int, FollowUp], ...]
    entry: Entry | None = None


class Posted(NamedTuple):
    """The wallet as it ends up, and what changes with it."""

    wallet: Wallet
    change: BonusChange


def bonus_account(wallet_id: int) -> int:
    """The account of a wallet's bonus money: its own number below zero."""
    return -wallet_id


def told(state: PlayState, wallet: Wallet, grants: Iterable[Grant], game_id: int | None) -> int:
    """The balance a studio is told: real money, and what bonus money may be staked in the game."""
    return wallet.balance + stakeable(grants, game_id, state.now)


def play_moves(bonuses: Bonuses) -> list[Move]:
    """The moves of the round in which the command is."""
    return [recorded.move for recorded in bonuses.moves]


def own_moves(bonuses: Bonuses, known: Transaction) -> list[Move]:
    """The moves of one transaction of the round."""
    return [recorded.move for recorded in bonuses.moves if recorded.wallet_version == known.wallet_version]


def apply_moves(
    state: PlayState,
    wallet: Wallet,
    real: int,
    moves: Sequence[Move],
    *,
    over: bool,
    touched: Iterable[str] = (),
    undone: bool = False,
    may_go_negative: bool = False,
) -> Posted | None:
    """The wallet gains `real` and what the moves say; grants moved or `touched` are settled. None when money for it is spent."""
    assert state.bonuses is not None
    version = wallet.version + 1
    grants = {grant.id: grant for grant in state.bonuses.grants}
    for move in moves:
        grants[move.grant_id] = moved(grants[move.grant_id], move)
    records = [Recorded(version, move) for move in moves if not move.is_empty]
    moved_wallet = wallet._replace(
        balance=wallet.balance + real,
        bonus_balance=wallet.bonus_balance + sum(move.money for move in moves),
        version=version,
        may_go_negative=wallet.may_go_negative or wallet.balance + real < 0,
    )
    posted = settle_grants(
        state,
        moved_wallet,
        grants,
        (*(move.grant_id for move in moves), *touched),
        over=over,
        undone=undone,
        may_go_negative=may_go_negative,
    )
    if posted is None:
        return None
    return posted._replace(change=posted.change._replace(moves=(*records, *posted.change.moves)))


def settle_grants(
    state: PlayState,
    wallet: Wallet,
    grants: dict[str, Grant],
    touched: Iterable[str],
    *,
    over: bool,
    undone: bool = False,
    may_go_negative: bool = False,
) -> Posted | None:
    """What follows for the grants `touched`, of all of the wallet's `grants` as they are now. None when money for it is spent."""
    assert state.bonuses is not None
    records: list[Recorded] = []
    follow_ups: list[tuple[int, FollowUp]] = []
    for grant_id in dict.fromkeys(touched):
        closing = settle(
            grants[grant_id], wallet.balance, state.now, over=over, undone=undone, may_go_negative=may_go_negative
        )
        if closing is None:
            return None
        grants[grant_id] = closing.grant
        for follow_up, move in zip(closing.follow_ups, closing.moves(), strict=True):
            wallet = wallet._replace(
                balance=wallet.balance + follow_up.real,
                bonus_balance=wallet.bonus_balance + follow_up.bonus,
                version=wallet.version + 1,
                may_go_negative=wallet.may_go_negative or wallet.balance + follow_up.real < 0,
            )
            follow_ups.append((wallet.version, follow_up))
            records.append(Recorded(wallet.version, move))
    before = {grant.id: grant for grant in state.bonuses.grants}
    new = tuple(grant for grant in grants.values() if grant != before[grant.id])
    return Posted(wallet, BonusChange(new, tuple(records), tuple(follow_ups)))


def grants_after(state: PlayState, change: BonusChange) -> list[Grant]:
    """All of the wallet's grants once the change is made."""
    assert state.bonuses is not None
    changed = {grant.id: grant for grant in change.grants}
    return [changed.get(grant.id, grant) for grant in state.bonuses.grants]


def between(entry_id: str, transaction_id: str, source: int, target: int, amount: int) -> Entry | None:
    """A posting of `amount` from source to target, the other way round when negative, none for nothing; neither is a wallet's
    real money."""
    if not amount:
        return None
    if amount < 0:
        source, target, amount = target, source, -amount
    return Entry(entry_id, transaction_id, source, target, amount, None, None, None, None)


def real_entry(entry_id: str, transaction_id: str, other: int, wallet: Wallet, gained: int) -> Entry | None:
    """What a wallet's real money gained from another account, or lost to it; `wallet` as it is right after it."""
    if gained > 0:
        return Entry(entry_id, transaction_id, other, wallet.id, gained, None, None, wallet.version, wallet.balance)
    if gained < 0:
        return Entry(entry_id, transaction_id, wallet.id, other, -gained, wallet.version, wallet.balance, None, None)
    return None


def follow_up_rows(
    follow_up: FollowUp, before: Wallet, ids: tuple[str, str, int], cost: int
) -> tuple[Wallet, Transaction, list[Entry]]:
    """The wallet after a follow-up, its transaction, and its postings: conversion in one, what is taken away in another."""
    transaction_id, wallet_tx_id, number = ids
    after = before._replace(
        balance=before.balance + follow_up.real,
        bonus_balance=before.bonus_balance + follow_up.bonus,
        version=before.version + 1,
    )
    transaction = Transaction(
        0, f"b:{transaction_id}", False, transaction_id, wallet_tx_id, number, follow_up.kind, "ok", follow_up.grant_id, None,
        before.id, after.version, None, None, follow_up.real, follow_up.bonus, before.balance, after.balance,
        after.balance + after.bonus_balance, None, None, follow_up.code, None, None, None,
    )  # fmt: skip
    bonus = bonus_account(before.id)
    entries = (
        real_entry(wallet_tx_id, transaction_id, bonus, after, follow_up.real),
        between(transaction_id, transaction_id, bonus, cost, -follow_up.bonus - follow_up.real),
    )
    return after, transaction, [entry for entry in entries if entry is not None]


def round_grants(bonuses: Bonuses, code: str | None) -> list[str]:
    """The grants that have something in the round, or are named."""
    named = [grant.id for grant in bonuses.grants if grant.code == code]
    return [*named, *(recorded.move.grant_id for recorded in bonuses.moves)]


def net_staked(known: Round | None) -> int:
    """What of a round's stakes was not returned."""
    return known.staked - known.returned if known else 0
