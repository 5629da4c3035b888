"""The six commands: what each asks of the engine or the store, and how the outcome is told.

A handler gets a request whose shape is good and returns what will happen once its signature proves good too: so a malformed
one is told OP_50 before OP_20, and nothing is touched before both are judged.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.play.commands import RefundBet, SettleWin
from pitboss.domain.play.decision import Accepted, Canceled, Refused, RoundFinished, StatusKnown
from pitboss.domain.refusals import Refusal
from pitboss.edges.wallet_api import answers, seamless, translate
from pitboss.edges.wallet_api.answers import Answer
from pitboss.edges.wallet_api.translate import Caller
from pitboss.engine.hub import Hub
from pitboss.storage.players.identity import Standing, player_has_wallet, standing_of
from pitboss.wire import wallet as wire
from pitboss.wire.strict_json import Malformed

log = structlog.get_logger()

Next = Callable[[], Awaitable[Answer]]

STATUSES: Final = {"ok": "OK", "canceled": "CANCELED", "refused": "ERROR"}


class Busy(Exception):
    """The engine takes no more for now: HTTP 503."""


def _told(refused: Refused | Refusal, *, retried: bool = False) -> Answer:
    refusal = refused.refusal if isinstance(refused, Refused) else refused
    if isinstance(refused, Refused) and refused.code:
        return answers.said_by_operator(refused.code, refused.message)
    if refusal is Refusal.OVERLOADED:
        raise Busy
    return answers.refused(refusal, retried=retried)


def change_balance(hub: Hub, caller: Caller, data: wire.ChangeBalanceData) -> Next:
    """BET, WIN, REFUND."""
    change = translate.change_balance(caller, data)

    async def go() -> Answer:
        if isinstance(change, Refusal):
            return _told(change)
        outcome = await hub.submit(change.command)
        if isinstance(outcome, Accepted):
            assert change.unit is not None
            return answers.balance(outcome.told, change.unit)
        assert isinstance(outcome, Refused)
        # A studio gives up a BET whose outcome is unknown; a WIN or REFUND it must bring again.
        return _told(outcome, retried=isinstance(change.command, SettleWin | RefundBet))

    return go


def status(hub: Hub, caller: Caller, data: wire.StatusData) -> Next:
    """What became of a transaction."""
    question = translate.status(caller, data)

    async def go() -> Answer:
        if isinstance(question, Refusal):
            return _told(question)
        outcome = await hub.submit(question)
        if isinstance(outcome, Refused):
            return _told(outcome)
        assert isinstance(outcome, StatusKnown)
        state = STATUSES.get(outcome.state)
        if state is None:
            # Still under way with a seamless operator.
            return _told(Refusal.OUTCOME_UNKNOWN)
        return answers.transaction_status(bytes(data.user_id), bytes(data.transaction_id), state)

    return go


def cancel(hub: Hub, caller: Caller, data: wire.CancelData) -> Next:
    """The undoing of a transaction."""
    command = translate.cancel(caller, data)

    async def go() -> Answer:
        if isinstance(command, Refusal):
            return _told(command)
        outcome = await hub.submit(command)
        if isinstance(outcome, Refused):
            return _told(outcome, retried=True)
        assert isinstance(outcome, Canceled)
        if outcome.elsewhere:
            named = {"transaction_id": command.provider_tx_id, "round_id": command.round_id, "game_id": command.game_id}
            log.warning("wallet_cancel_names_another_round_or_game", provider=caller.provider.code, **named)
        return answers.transaction_status(bytes(data.user_id), bytes(data.transaction_id), "CANCELED")

    return go


def finish_round(hub: Hub, caller: Caller, data: wire.FinishRoundData) -> Next:
    """The end of a round."""
    command = translate.finish_round(caller, data)

    async def go() -> Answer:
        if isinstance(command, Refusal):
            return _told(command)
        outcome = await hub.submit(command)
        if isinstance(outcome, Refused):
            return _told(outcome, retried=True)
        assert isinstance(outcome, RoundFinished)
        return answers.round_finished(bytes(data.round_id), bytes(data.user_id), bytes(data.game_id))

    return go


def authenticate(hub: Hub, caller: Caller, data: wire.AuthenticateData) -> Next:
    """A launch token for an identity and the balance of now; again the same identity."""
    token = _token(data.token)

    async def go() -> Answer:
        agent = caller.catalogue.agent_of(token)
        standing = await _open_session(hub, caller, agent, token)
        if isinstance(standing, Refusal) or agent is None:
            return _told(standing if isinstance(standing, Refusal) else Refusal.SESSION_INVALID)
        country = standing.country or agent.default_country
        if standing.blocked or not agent.active or translate.prohibited(caller, standing.game_id, country):
            return answers.NOT_AUTHORIZED
        if agent.type is AgentType.SEAMLESS:
            return await seamless.authenticate(hub, caller, agent, standing)
        unit = caller.provider.unit_for(caller.catalogue.currencies[standing.currency])
        return answers.identity(
            standing.user_in_game, standing.username, standing.display_name, country, standing.told, unit
        )

    return go


def balance(hub: Hub, caller: Caller, data: wire.BalanceData) -> Next:
    """What a player may stake now, in the session's currency."""
    token = _token(data.token)
    user_id = translate.player_of(data.user_id)
    if len(data.currency_code) > wire.MAX_CODE:
        raise Malformed("currency_code", f"is longer than {wire.MAX_CODE} characters")

    async def go() -> Answer:
        agent = translate.serving_agent(caller.catalogue, user_id, token)
        standing = await _open_session(hub, caller, agent, token)
        if isinstance(standing, Refusal) or agent is None:
            return _told(standing if isinstance(standing, Refusal) else Refusal.SESSION_INVALID)
        if standing.user_in_game != user_id:
            # A token is its own player's alone; a player who does not exist is told so.
            known = await player_has_wallet(hub.database, agent.id, user_id)
            return _told(Refusal.SESSION_INVALID if known else Refusal.PLAYER_UNKNOWN)
        if standing.blocked:
            return _told(Refusal.PLAYER_BLOCKED)
        unit = caller.catalogue.unit(caller.provider, data.currency_code)
        if unit is None or unit.currency.code != standing.currency:
            return _told(Refusal.CURRENCY_MISMATCH)
        if agent.type is AgentType.SEAMLESS:
            return await seamless.balance(hub, agent, standing, unit)
        return answers.balance(standing.told, unit)

    return go


def _token(token: str) -> str:
    if len(token) > wire.MAX_TOKEN:
        raise Malformed("token", f"is longer than {wire.MAX_TOKEN} characters")
    return token


async def _open_session(hub: Hub, caller: Caller, agent: Agent | None, token: str) -> Standing | Refusal:
    if agent is None:
        return Refusal.SESSION_INVALID
    standing = await standing_of(hub.database, agent.id, token, hub.clock())
    if standing is None or not standing.admits(caller.provider.id, caller.now):
        return Refusal.SESSION_INVALID
    return standing


HANDLERS: Final[dict[str, Callable[[Hub, Caller, Any], Next]]] = {
    "authenticate": authenticate,
    "balance": balance,
    "changebalance": change_balance,
    "status": status,
    "cancel": cancel,
    "finishround": finish_round,
}
