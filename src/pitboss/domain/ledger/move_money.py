"""deposit and withdraw: one posting between the agent's wallet and a player's (the agent API, "Decisions")."""

from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.play.decision import Accepted, Decision, Refused, refuse
from pitboss.domain.play.replay import replay
from pitboss.domain.play.settle_win import MAX_BALANCE
from pitboss.domain.play.state import Entry, PlayState, Transaction, Wallet
from pitboss.domain.refusals import Refusal


def move_money(state: PlayState, command: MoveMoney, agent_wallet: Wallet | None) -> Decision:
    """Moves the amount, or refuses for lack of funds; either is remembered under the caller's requestId."""
    wallet = state.wallet
    if state.known is not None:
        return replay(state.known, wallet, command.said)
    if wallet is None or agent_wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    # What the house puts right is not what a player pays in: neither a block nor the player's limits stand against it.
    if command.is_deposit and command.reason is None:
        if state.player is not None and state.player.blocked:
            # Money may leave a blocked player, not reach it.
            return refuse(Refusal.PLAYER_BLOCKED)
        if state.limits is not None and not state.limits.may_deposit(command.amount, state.now):
            limit = Refusal.PLAYER_LIMIT_REACHED
            return Decision(Refused(limit), transaction=_refused(command, wallet, limit))
    source, target = (agent_wallet, wallet) if command.is_deposit else (wallet, agent_wallet)
    if command.amount > max(source.balance, 0):
        lack = Refusal.AGENT_INSUFFICIENT_FUNDS if command.is_deposit else Refusal.INSUFFICIENT_FUNDS
        return Decision(Refused(lack), transaction=_refused(command, wallet, lack))
    if target.balance + command.amount > MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    new_source = source._replace(balance=source.balance - command.amount, version=source.version + 1)
    new_target = target._replace(balance=target.balance + command.amount, version=target.version + 1)
    player, agent = (new_target, new_source) if command.is_deposit else (new_source, new_target)
    answer = (
        f"{command.id} {command.agent_tx_id} {agent_wallet.balance} {agent.balance} "
        f"{command.wallet_tx_id} {wallet.balance} {player.balance}"
    )
    entry = Entry(
        command.id, command.id, source.id, target.id, command.amount, new_source.version, new_source.balance,
        new_target.version, new_target.balance,
    )  # fmt: skip
    transaction = _moved(command, wallet, player, answer)
    return Decision(Accepted(player.told, answer), player, None, transaction, entry, None, agent)


def _moved(command: MoveMoney, before: Wallet, after: Wallet, answer: str) -> Transaction:
    kind = "deposit" if command.is_deposit else "withdraw"
    return Transaction(
        0, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, kind, "ok", command.said, None,
        before.id, after.version, None, None, after.balance - before.balance, 0, before.balance, after.balance, after.told, None,
        command.reason, None, None, None, answer,
    )  # fmt: skip


def _refused(command: MoveMoney, wallet: Wallet, refusal: Refusal) -> Transaction:
    kind = "deposit" if command.is_deposit else "withdraw"
    return Transaction(
        0, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, kind, "refused", command.said,
        refusal.value, wallet.id, None, None, None, 0, 0, wallet.balance, wallet.balance, wallet.told, None, command.reason, None,
        None, None, None,
    )  # fmt: skip


def fund_agent(state: PlayState, command: FundAgent) -> Decision:
    """Money from outside into the agent's wallet, or back out; never below zero."""
    wallet = state.wallet
    if state.known is not None:
        return replay(state.known, wallet, command.said)
    if wallet is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    after, version = wallet.balance + command.amount, wallet.version + 1
    if after < 0:
        return refuse(Refusal.AGENT_INSUFFICIENT_FUNDS)
    if after > MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    ids = command.wallet_tx_id, command.id
    if command.amount > 0:
        entry = Entry(*ids, command.account, wallet.id, command.amount, None, None, version, after)
    else:
        entry = Entry(*ids, wallet.id, command.account, -command.amount, version, after, None, None)
    changed = wallet._replace(balance=after, version=version)
    kind = "deposit" if command.amount > 0 else "withdraw"
    transaction = Transaction(
        0, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, kind, "ok", command.said, None,
        wallet.id, version, None, None, command.amount, 0, wallet.balance, after, changed.told, None, None, None, None, None, None,
    )  # fmt: skip
    return Decision(Accepted(changed.told), changed, None, transaction, entry)
