"""notifyBalanceChange: the money with a seamless agent has changed; its wallet is asked, and the player's open games are told."""

import asyncio
from collections.abc import Sequence

from pitboss.domain.catalogue import AgentType
from pitboss.domain.money import format_minor
from pitboss.domain.seamless.operator_call import Agreed, Declined, OperatorCall
from pitboss.domain.seamless.verdicts import told_balance
from pitboss.domain.seamless.words import Addressee, balance_words
from pitboss.edges.partner_api.call import Act, WriteCall
from pitboss.providers import Done
from pitboss.storage.database import Connection
from pitboss.storage.players.sessions import OpenGame, open_games
from pitboss.wire.partner_api import ErrorCode, PartnerError


async def notify_balance_change(call: WriteCall) -> Act:
    """What the wallet says by currency, and how many open games were told. Without an open game nobody is asked."""
    username = call.fields.text("username")
    if call.agent.type is not AgentType.SEAMLESS:
        return _refusing(PartnerError(ErrorCode.AGENT_TYPE))
    async with call.tenant() as connection:
        player = await call.player(connection, username)
        games = await open_games(connection, call.agent.id, player.player_id, call.now)
    # The latest session of a currency is the one the operator's wallet surely knows.
    latest = {game.currency: game for game in games if game.operator_token is not None}
    try:
        balances = {currency: await _ask(call, game) for currency, game in latest.items()}
    except PartnerError as refused:
        return _refusing(refused)
    told = await _tell(call, games, balances)
    currencies = call.catalogue.currencies
    data = {
        "balances": [
            {"currency": code, "balance": format_minor(balance, currencies[code].scale)}
            for code, balance in sorted(balances.items())
        ],
        "games": told,
    }

    async def act(_: Connection) -> object:
        return data

    return act


def _refusing(refused: PartnerError) -> Act:
    """A verdict is remembered like what is done."""

    async def act(_: Connection) -> object:
        raise refused

    return act


async def _ask(call: WriteCall, game: OpenGame) -> int:
    """What the agent's wallet says the player has, minor units."""
    currency = call.catalogue.currencies[game.currency]
    words = balance_words(Addressee(game.operator_user_id, game.operator_token), currency)
    answer = await call.hub.operator_wallets.ask(OperatorCall(call.agent.id, "balance", words, game.user_in_game))
    if isinstance(answer, Declined):
        raise PartnerError(ErrorCode.PLAYER_BLOCKED, f"the agent's wallet said {answer.code[:10]}")
    balance = told_balance(answer, currency) if isinstance(answer, Agreed) else None
    if balance is None:
        raise PartnerError(
            ErrorCode.INTERNAL, "the agent's wallet could not be asked; repeat it with the same requestId"
        )
    return balance


async def _tell(call: WriteCall, games: Sequence[OpenGame], balances: dict[str, int]) -> int:
    """How many games were told; one that is not told finds out with its next call."""
    open_at = {(game.provider_id, game.user_in_game, game.currency) for game in games if game.currency in balances}
    outcomes = await asyncio.gather(
        *(
            call.connectors.of(provider).balance_changed(
                provider, user_in_game, call.catalogue.currencies[currency], balances[currency]
            )
            for provider_id, user_in_game, currency in sorted(open_at)
            for provider in (call.catalogue.providers[provider_id],)
        )
    )
    return sum(isinstance(outcome, Done) for outcome in outcomes)
