"""REFUND: the game returns stakes of the same round (wallet protocol, "changebalance REFUND")."""

from pitboss.domain.play.bonus_play import refund_part
from pitboss.domain.play.commands import RefundBet
from pitboss.domain.play.decision import Accepted, Decision, refuse
from pitboss.domain.play.replay import replay
from pitboss.domain.play.rounds import with_return
from pitboss.domain.play.settle_win import MAX_BALANCE
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal


def refund_bet(state: PlayState, command: RefundBet) -> Decision:
    """Never refused for a session or a block. Beyond what the round still holds it is refused, not remembered: it may have
    overtaken its bet."""
    wallet = state.wallet
    if state.known is not None:
        return replay(state.known, wallet, command.said)
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if command.amount is None or command.currency is None or command.currency.code != wallet.currency:
        return refuse(Refusal.CURRENCY_MISMATCH)
    if state.round is None:
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    if state.bonuses is not None:
        return _with_bonuses(state, command, wallet, state.round, command.amount)
    if state.round.returned + command.amount > state.round.staked:
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    if wallet.balance + command.amount > MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    return _credit(state, command, wallet, state.round, command.amount)


def _with_bonuses(state: PlayState, command: RefundBet, wallet: Wallet, known: Round, amount: int) -> Decision:
    part = refund_part(state, wallet, (command.wallet_tx_id, command.id), known, amount, command.campaign_code)
    if part is None:
        return refuse(Refusal.RETURNS_MORE_THAN_STAKED)
    if part.posted.wallet.balance > MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "refund", "ok",
        command.said, None, wallet.id, wallet.version + 1, known.game_id, command.round_id, part.real, part.bonus, wallet.balance,
        wallet.balance + part.real, part.told, command.settle_rate, command.reason, command.campaign_code, command.history_id,
        why_odd(state, known), None,
    )  # fmt: skip
    changed_round = with_return(known, part.real + part.bonus, command.round_finished)
    return Decision(
        Accepted(part.told), part.posted.wallet, changed_round, transaction, part.entry, bonus=part.posted.change
    )


def _credit(state: PlayState, command: RefundBet, wallet: Wallet, known: Round, amount: int) -> Decision:
    version, before, after = wallet.version + 1, wallet.balance, wallet.balance + amount
    changed = wallet._replace(balance=after, version=version)
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "refund", "ok",
        command.said, None, wallet.id, version, known.game_id, command.round_id, amount, 0, before, after, changed.told,
        command.settle_rate, command.reason, command.campaign_code, command.history_id,
        why_odd(state, known), None,
    )  # fmt: skip
    entry = None
    if amount:
        entry = Entry(command.wallet_tx_id, command.id, state.house, wallet.id, amount, None, None, version, after)
    return Decision(
        Accepted(changed.told), changed, with_return(known, amount, command.round_finished), transaction, entry
    )


def why_odd(state: PlayState, known: Round) -> str | None:
    """Why a person may want to look at it."""
    assert state.player is not None
    odd = [
        name for name, is_so in (("round_finished", known.finished), ("player_blocked", state.player.blocked)) if is_so
    ]
    return ",".join(odd) or None
