"""WIN: what a round paid reaches the player, whatever became of session, player or round (wallet protocol, "changebalance WIN")."""

from pitboss.domain.money import MAX_MINOR
from pitboss.domain.play.bonus_play import win_part
from pitboss.domain.play.commands import SettleWin
from pitboss.domain.play.decision import Accepted, Decision, refuse
from pitboss.domain.play.replay import replay
from pitboss.domain.play.rounds import ends_round, opened, with_win
from pitboss.domain.play.state import Entry, PlayState, Round, Transaction, Wallet
from pitboss.domain.refusals import Refusal

MAX_BALANCE = 4 * MAX_MINOR


def settle_win(state: PlayState, command: SettleWin) -> Decision:
    """Known id, unknown player and wrong currency stop it; all else is paid, and flagged for review where it is odd."""
    wallet = state.wallet
    if state.known is not None:
        return replay(state.known, wallet, command.said)
    if wallet is None or state.player is None:
        return refuse(Refusal.PLAYER_UNKNOWN)
    if command.amount is None or command.currency is None or command.currency.code != wallet.currency:
        return refuse(Refusal.CURRENCY_MISMATCH)
    if wallet.balance + command.amount > MAX_BALANCE:
        return refuse(Refusal.BALANCE_OUT_OF_BOUNDS)
    if state.bonuses is not None:
        return _credit_with_bonuses(state, command, wallet, command.amount)
    return _credit(state, command, wallet, command.amount)


def _credit(state: PlayState, command: SettleWin, wallet: Wallet, amount: int) -> Decision:
    version, before, after = wallet.version + 1, wallet.balance, wallet.balance + amount
    changed = Wallet(
        wallet.id, wallet.user_in_game, wallet.player_id, wallet.currency, after, wallet.bonus_balance, version,
        wallet.may_go_negative,
    )  # fmt: skip
    told = after + wallet.bonus_balance
    game_id = command.game.id if command.game else None
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "win", "ok",
        command.said, None, wallet.id, version, game_id, command.round_id, amount, 0, before, after, told, command.settle_rate,
        command.reason, command.campaign_code, command.history_id, why_odd(state, command), None,
    )  # fmt: skip
    entry = None
    if amount:
        entry = Entry(command.wallet_tx_id, command.id, state.house, wallet.id, amount, None, None, version, after)
    return Decision(
        Accepted(told),
        changed,
        with_win(round_of_win(state, command, wallet.id), amount, ends_round(command.round_finished, amount)),
        transaction,
        entry,
    )


def _credit_with_bonuses(state: PlayState, command: SettleWin, wallet: Wallet, amount: int) -> Decision:
    game_id = command.game.id if command.game else None
    part = win_part(
        state, wallet, (command.wallet_tx_id, command.id), game_id, amount, command.provider_id, command.round_id,
        command.campaign_code,
    )  # fmt: skip
    transaction = Transaction(
        command.provider_id, command.provider_tx_id, False, command.id, command.wallet_tx_id, command.number, "win", "ok",
        command.said, None, wallet.id, wallet.version + 1, game_id, command.round_id, part.real, part.bonus, wallet.balance,
        wallet.balance + part.real, part.told, command.settle_rate, command.reason, command.campaign_code, command.history_id,
        why_odd(state, command), None,
    )  # fmt: skip
    known_round = round_of_win(state, command, wallet.id)
    changed_round = with_win(known_round, part.real + part.bonus, ends_round(command.round_finished, amount))
    return Decision(
        Accepted(part.told), part.posted.wallet, changed_round, transaction, part.entry, bonus=part.posted.change
    )


def why_odd(state: PlayState, command: SettleWin) -> str | None:
    """Why a person may want to look at it; wins are paid first and asked about later."""
    assert state.player is not None
    odd = []
    if state.round is None or not state.round.bets:
        odd.append("no_bet_before")
    if state.round is not None and state.round.finished:
        odd.append("round_finished")
    if state.player.blocked:
        odd.append("player_blocked")
    if command.game is None:
        odd.append("game_unknown")
    return ",".join(odd) or None


def round_of_win(state: PlayState, command: SettleWin, wallet_id: int) -> Round:
    """The round that pays, new when it is the first heard of it."""
    game_id = command.game.id if command.game else None
    return state.round or opened(command.provider_id, wallet_id, command.round_id, command.round_number, game_id)
