"""authenticate and balance of players whose money their operator keeps: its wallet is asked, its figure is told.

Called once the hub itself has nothing against it; no transaction is open while the operator is asked.
"""

from typing import Final

import structlog

from pitboss.domain.catalogue import Agent
from pitboss.domain.money import Unit
from pitboss.domain.refusals import Refusal
from pitboss.domain.seamless.identity import Identity, Unusable, authenticate_call, read_identity
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotSent, OperatorAnswer, OperatorCall
from pitboss.domain.seamless.verdicts import message_of, told_balance
from pitboss.domain.seamless.words import Addressee, balance_words
from pitboss.edges.wallet_api import answers, translate
from pitboss.edges.wallet_api.answers import Answer
from pitboss.edges.wallet_api.translate import Caller
from pitboss.engine.hub import Hub
from pitboss.reference import alpha2
from pitboss.storage.players.identity import Standing
from pitboss.storage.players.of_operators import OtherPlayerError, ToldPlayer, bind

log = structlog.get_logger()

_PASSED_ON: Final = frozenset(("OP_21", "OP_22", "OP_30", "OP_33", "OP_34", "OP_47"))
_NOT_KNOWN: Final = answers.refused(Refusal.OUTCOME_UNKNOWN)
_NOT_REACHED: Final = answers.refused(Refusal.OPERATOR_UNREACHABLE)


async def authenticate(hub: Hub, caller: Caller, agent: Agent, standing: Standing) -> Answer:
    """Who the operator says plays, by the hub's names, and what it says they have."""
    assert standing.operator_token is not None
    call = authenticate_call(agent.id, standing.operator_token, standing.user_in_game)
    answer = await hub.operator_wallets.ask(call)
    if not isinstance(answer, Agreed):
        return _not_agreed(answer)
    currency = caller.catalogue.currencies[standing.currency]
    told = told_balance(answer, currency)
    if told is None:
        return _unusable(agent, standing, "balance, or in another currency")
    try:
        identity = read_identity(answer.data)
        country = await _remember(hub, agent, standing, identity)
    except Unusable as error:
        return _unusable(agent, standing, str(error))
    except OtherPlayerError:
        log.warning("operator_named_another_player", agent=agent.id, reference=standing.user_in_game)
        return answers.NOT_AUTHORIZED
    country = country or agent.default_country
    if translate.prohibited(caller, standing.game_id, country):
        return answers.NOT_AUTHORIZED
    shown = identity.shown_name(standing.username)
    unit = caller.provider.unit_for(currency)
    return answers.identity(standing.user_in_game, standing.username, shown, country, told, unit)


async def balance(hub: Hub, agent: Agent, standing: Standing, unit: Unit) -> Answer:
    """What the operator says the player has, in the studio's unit."""
    assert standing.operator_token is not None
    to = Addressee(standing.operator_user_id or standing.username, standing.operator_token)
    call = OperatorCall(agent.id, "balance", balance_words(to, unit.currency), standing.user_in_game)
    answer = await hub.operator_wallets.ask(call)
    if not isinstance(answer, Agreed):
        return _not_agreed(answer)
    told = told_balance(answer, unit.currency)
    return (
        _unusable(agent, standing, "balance, or in another currency") if told is None else answers.balance(told, unit)
    )


async def _remember(hub: Hub, agent: Agent, standing: Standing, identity: Identity) -> str:
    """Bind the player at its first authenticate, keep what was told since; the player's country. Raises OtherPlayerError."""
    told = ToldPlayer(identity, alpha2(identity.country) or "")
    known = (standing.operator_user_id, standing.display_name, standing.country)
    country = told.country or standing.country
    if known != (identity.user_id, identity.shown_name(standing.username), country):
        async with hub.database.tenant(agent.id) as connection:
            await bind(connection, agent.id, standing.player_id, told, hub.clock())
    return country


def _not_agreed(answer: OperatorAnswer) -> Answer:
    """An operator's verdict is the studio's; what is none of those it may give is a failure (the document: as OP_50)."""
    if isinstance(answer, Declined):
        if answer.code in _PASSED_ON:
            return answers.said_by_operator(answer.code, message_of(answer))
        return _NOT_REACHED
    return _NOT_REACHED if isinstance(answer, NotSent) else _NOT_KNOWN


def _unusable(agent: Agent, standing: Standing, member: str) -> Answer:
    log.warning("operator_answer_unusable", agent=agent.id, reference=standing.user_in_game, member=member)
    return _NOT_KNOWN
