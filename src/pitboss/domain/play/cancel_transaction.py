"""cancel: undo of a transaction exactly once, and remembered when the transaction never came (wallet protocol, "cancel")."""

from pitboss.domain.play.bonus_play import undo_part
from pitboss.domain.play.commands import CancelTransaction
from pitboss.domain.play.decision import Canceled, Decision, Refused, refuse
from pitboss.domain.play.rounds import without
from pitboss.domain.play.settle_win import MAX_BALANCE
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal


def cancel_transaction(state: PlayState, command: CancelTransaction) -> Decision:
    """Another player's transaction is unknown; an unknown one leaves a tombstone, so that it can never happen later."""
    wallet, known = state.wallet, state.known
    if wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if known is None:
        return Decision(Refused(Refusal.TRANSACTION_UNKNOWN), transaction=tombstone(command, wallet))
    if known.wallet_id != wallet.id or known.state == "tombstone":
        return refuse(Refusal.TRANSACTION_UNKNOWN)
    if known.state in ("canceled", "refused"):
        return Decision(Canceled(names_elsewhere(command, known)), round=closed_by(state.round, command))
    if state.bonuses is not None:
        return _reverse_with_bonuses(state, command, wallet, known)
    return _reverse(state, command, wallet, known)


def closed_by(known_round: Round | None, command: CancelTransaction) -> Round | None:
    """The round's new value when a cancel that moves nothing closes it all the same."""
    if known_round is None or known_round.finished or command.round_finished is not True:
        return None
    return known_round._replace(finished=True)


def names_elsewhere(command: CancelTransaction, known: Transaction) -> bool:
    """Whether a cancel names another round or game than its transaction has."""
    return command.round_id not in (None, known.round_id) or command.game_id not in (None, known.game_id)


def tombstone(command: CancelTransaction, wallet: Wallet) -> Transaction:
    """What remembers a cancel that overtook its transaction."""
    balance = wallet.balance
    return Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "unknown",
        "tombstone", "", None, wallet.id, None, None, command.round_id, 0, 0, balance, balance, wallet.told, None, None, None,
        None, None, None,
    )  # fmt: skip


def _reverse(state: PlayState, command: CancelTransaction, wallet: Wallet, known: Transaction) -> Decision:
    back = -known.real_amount
    after, bonus_after = wallet.balance + back, wallet.bonus_balance - known.bonus_amount
    if (after < 0 and back < 0 and not command.allow_negative) or bonus_after < 0:
        return refuse(Refusal.MONEY_ALREADY_SPENT)
    if not -MAX_BALANCE // 4 <= after <= MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    changed_round = _round_without(state, command, known)
    if changed_round is not None and not 0 <= changed_round.returned <= changed_round.staked:
        # A refund has already given this stake back.
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    version = wallet.version + 1
    changed = wallet._replace(
        balance=after, bonus_balance=bonus_after, version=version, may_go_negative=wallet.may_go_negative or after < 0
    )
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, True, command.id, command.wallet_tx_id, command.number, "cancel", "ok",
        known.kind, None, wallet.id, version, known.game_id, known.round_id, back, -known.bonus_amount, wallet.balance, after,
        changed.told, known.settle_rate, known.reason, known.campaign_code, known.history_id, None, None,
    )  # fmt: skip
    return Decision(
        Canceled(names_elsewhere(command, known)),
        changed,
        changed_round,
        transaction,
        _posting(state, command, changed, back),
        known._replace(state="canceled"),
    )


def _reverse_with_bonuses(state: PlayState, command: CancelTransaction, wallet: Wallet, known: Transaction) -> Decision:
    changed_round = _round_without(state, command, known)
    if changed_round is not None and not 0 <= changed_round.returned <= changed_round.staked:
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    ids = command.wallet_tx_id, command.id
    part = undo_part(state, wallet, ids, known, may_go_negative=command.allow_negative)
    if isinstance(part, Refusal):
        return refuse(part)
    after = wallet.balance + part.real
    if not -MAX_BALANCE // 4 <= after <= MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, True, command.id, command.wallet_tx_id, command.number, "cancel", "ok",
        known.kind, None, wallet.id, wallet.version + 1, known.game_id, known.round_id, part.real, part.bonus, wallet.balance,
        after, part.told, known.settle_rate, known.reason, known.campaign_code, known.history_id, None, None,
    )  # fmt: skip
    return Decision(
        Canceled(names_elsewhere(command, known)),
        part.posted.wallet,
        changed_round,
        transaction,
        part.entry,
        known._replace(state="canceled"),
        bonus=part.posted.change,
    )


def _posting(state: PlayState, command: CancelTransaction, changed: Wallet, back: int) -> Entry | None:
    ids = command.wallet_tx_id, command.id
    if back > 0:
        return Entry(*ids, state.house, changed.id, back, None, None, changed.version, changed.balance)
    if back < 0:
        return Entry(*ids, changed.id, state.house, -back, changed.version, changed.balance, None, None)
    return None


def _round_without(state: PlayState, command: CancelTransaction, known: Transaction) -> Round | None:
    moved = abs(known.real_amount) + abs(known.bonus_amount)
    return state.round and without(state.round, known.kind, moved, command.round_finished)
