"""BET: a stake leaves the player's wallet for the house, or is refused (wallet protocol, "changebalance BET")."""

from pitboss.domain.limits.bet_limits import stake_allowed
from pitboss.domain.play.bonus_play import bet_part, free_stake_stands, funds
from pitboss.domain.play.commands import PlaceBet
from pitboss.domain.play.decision import Accepted, Decision, Refused, refuse
from pitboss.domain.play.replay import replay
from pitboss.domain.play.rounds import opened, with_stake
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.call import CallKind
from pitboss.domain.seamless.words import PROMOTIONAL_STAKE


def place_bet(state: PlayState, command: PlaceBet) -> Decision:
    """First that applies: known id, session, player, block, currency, game, round, limits, funds. A verdict is remembered."""
    wallet = state.wallet
    if state.known is not None:
        return replay(state.known, wallet, command.said)
    if not admitted(state, command):
        return refuse(Refusal.SESSION_INVALID)
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    verdict = verdict_before_funds(state, command, wallet)
    if verdict is None and not _covered(state, command, wallet):
        verdict = Refusal.INSUFFICIENT_FUNDS
    if verdict is not None:
        return Decision(Refused(verdict), transaction=refused_bet(command, wallet, verdict))
    return _debit(state, command, wallet) if state.bonuses is None else _debit_with_bonuses(state, command, wallet)


def admitted(state: PlayState, command: PlaceBet) -> bool:
    """Whether the stake comes from a live session of its player at this provider."""
    session = state.session
    if session is None:
        return False
    # A good session with a user that does not exist is told so by the next rule.
    wallet_id = session.wallet_id if state.wallet is None else state.wallet.id
    return session.admits(wallet_id, command.provider_id, state.now)


def verdict_before_funds(state: PlayState, command: PlaceBet, wallet: Wallet) -> Refusal | None:
    """What refuses the stake for good, whoever holds the player's money."""
    assert state.player is not None
    if state.player.blocked:
        return Refusal.PLAYER_BLOCKED
    if not command.agent_active:
        return Refusal.AGENT_INACTIVE
    if command.amount is None or command.currency is None or command.currency.code != wallet.currency:
        return Refusal.CURRENCY_MISMATCH
    if command.game is None or not command.playable:
        return Refusal.GAME_UNAVAILABLE
    if state.round is not None and state.round.finished:
        return Refusal.ROUND_FINISHED
    is_free = command.reason == PROMOTIONAL_STAKE
    if is_free and not free_stake_stands(state, command.campaign_code, command.game, command.amount):
        return Refusal.CAMPAIGN_UNKNOWN
    if not command.credit_left:
        return Refusal.CREDIT_EXHAUSTED
    if not _within_own_limits(state, 0 if is_free else command.amount):
        return Refusal.PLAYER_LIMIT_REACHED
    if is_free:
        return None
    if not stake_allowed(command.amount, command.game, wallet.currency, state.player.bet_limits):
        return Refusal.STAKE_OUTSIDE_LIMITS
    return None


def _within_own_limits(state: PlayState, amount: int) -> bool:
    """Whether the limits the player has set leave room, with the stakes a seamless agent's wallet has not answered for yet."""
    if state.limits is None:
        return True
    asked = sum(call.amount for call in state.calls if call.kind is CallKind.BET)
    return state.limits.may_stake(amount + asked if amount else 0, state.now)


def _covered(state: PlayState, command: PlaceBet, wallet: Wallet) -> bool:
    assert command.amount is not None and command.game is not None
    return command.reason == PROMOTIONAL_STAKE or command.amount <= funds(state, wallet, command.game)


def refused_bet(command: PlaceBet, wallet: Wallet, refusal: Refusal) -> Transaction:
    """The row that remembers a refusal."""
    balance = wallet.balance
    return Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "bet", "refused",
        command.said, refusal.value, wallet.id, None, command.game.id if command.game else None, command.round_id, 0, 0, balance,
        balance, wallet.told, command.settle_rate, command.reason, command.campaign_code, command.history_id, None, None,
    )  # fmt: skip


def _debit(state: PlayState, command: PlaceBet, wallet: Wallet) -> Decision:
    amount = command.amount
    assert amount is not None and command.game is not None
    version, before, after = wallet.version + 1, wallet.balance, wallet.balance - amount
    changed = Wallet(
        wallet.id, wallet.user_in_game, wallet.player_id, wallet.currency, after, wallet.bonus_balance, version,
        wallet.may_go_negative,
    )  # fmt: skip
    told = after + wallet.bonus_balance
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "bet", "ok",
        command.said, None, wallet.id, version, command.game.id, command.round_id, -amount, 0, before, after, told,
        command.settle_rate, command.reason, command.campaign_code, command.history_id, None, None,
    )  # fmt: skip
    entry = None
    if amount:
        entry = Entry(command.wallet_tx_id, command.id, wallet.id, state.house, amount, version, after, None, None)
    return Decision(
        Accepted(told),
        changed,
        with_stake(round_of_bet(state, command, wallet.id), amount, command.round_finished),
        transaction,
        entry,
    )


def _debit_with_bonuses(state: PlayState, command: PlaceBet, wallet: Wallet) -> Decision:
    assert command.amount is not None and command.game is not None
    part = bet_part(
        state, wallet, (command.wallet_tx_id, command.id), command.game, command.amount, command.provider_id, command.round_id,
        command.reason, command.campaign_code, command.round_finished is True,
    )  # fmt: skip
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "bet", "ok",
        command.said, None, wallet.id, wallet.version + 1, command.game.id, command.round_id, part.real, part.bonus,
        wallet.balance, wallet.balance + part.real, part.told, command.settle_rate, command.reason, command.campaign_code,
        command.history_id, None, None,
    )  # fmt: skip
    known_round = round_of_bet(state, command, wallet.id)
    changed_round = with_stake(known_round, -part.real - part.bonus, command.round_finished)
    return Decision(
        Accepted(part.told), part.posted.wallet, changed_round, transaction, part.entry, bonus=part.posted.change
    )


def round_of_bet(state: PlayState, command: PlaceBet, wallet_id: int) -> Round:
    """The round the stake is for, new when it is the first heard of it."""
    game_id = command.game.id if command.game else None
    return state.round or opened(command.provider_id, wallet_id, command.round_id, command.round_number, game_id)
