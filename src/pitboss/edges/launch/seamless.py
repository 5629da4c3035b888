"""mode=real for a seamless agent: its wallet is asked whose the token is, then player and session are made, or met again
(wallet protocol, "Launch" and "Who is who, operator side").

The operator's token is the session's other name: the same link opens the same session, until it ends, and no other game.
"""

from datetime import timedelta
from typing import NamedTuple

import structlog

from pitboss.domain.catalogue import Agent, Catalogue, Game, Provider
from pitboss.domain.money import Currency
from pitboss.domain.seamless.identity import Identity, Unusable, authenticate_call, read_identity
from pitboss.domain.seamless.operator_call import Agreed, Declined, NotKnown, NotSent, OperatorAnswer
from pitboss.domain.sessions import DEFAULT_LANGUAGE, KnownSession, NewSession
from pitboss.edges.gate import Gate
from pitboss.edges.launch.opening import NOT_HERE, NOT_YOU, OVER, admit, admit_player, playable, studio_url
from pitboss.edges.launch.parameters import LaunchError, Parameters
from pitboss.engine.hub import Hub
from pitboss.reference import alpha2
from pitboss.storage.database import Connection
from pitboss.storage.players.of_operators import OtherPlayerError, ToldPlayer, bind, find_or_create
from pitboss.storage.players.sessions import find_session_of_operator, start_session
from pitboss.storage.players.wallets import open_wallet

log = structlog.get_logger()

_AWAY = "The casino does not answer now. Please try again."
_TRIES = 3
# What an operator may say of a player, and the words for it. All else is trouble between it and the hub.
_VERDICTS = {"OP_21": OVER, "OP_22": NOT_YOU, "OP_30": NOT_YOU, "OP_33": NOT_YOU, "OP_34": NOT_YOU}


class _Wanted(NamedTuple):
    """What the link asks for: a game, or the lobby of a provider."""

    provider: Provider
    game: Game | None
    lobby_id: str | None
    currency: Currency


class _Raced(Exception):
    """Another launch started the token's session meanwhile."""


async def launch_seamless(hub: Hub, gate: Gate, agent: Agent, asked: Parameters, reference: str) -> str:
    """The studio's URL for the operator's token. Raises LaunchError (then nothing was made), Busy."""
    catalogue = hub.live.current
    assert asked.token is not None
    wanted = _wanted(catalogue, agent, asked)
    answer = await hub.operator_wallets.ask(authenticate_call(agent.id, asked.token, reference))
    identity = _identity(agent, answer, wanted)
    told = ToldPlayer(identity, alpha2(identity.country) or "")
    for _ in range(_TRIES):
        try:
            async with gate.inside(), hub.database.tenant(agent.id) as connection:
                session = await _session(connection, hub, agent, asked, wanted, told)
                admit(catalogue, agent, session, wanted.provider, wanted.game)
                await admit_player(connection, agent, session, hub.clock())
                return studio_url(catalogue, session, wanted.provider, wanted.game, wanted.lobby_id, asked)
        except OtherPlayerError:
            raise LaunchError("the operator named another player for the token", NOT_YOU, 403) from None
        except _Raced:
            continue
    raise LaunchError("too many launches of one token at once", "Too many games are being opened.", 503)


def _wanted(catalogue: Catalogue, agent: Agent, asked: Parameters) -> _Wanted:
    """Judged before anybody is asked. `lobby_id` wins over `game_id`."""
    if asked.currency is None:
        raise LaunchError("currency is missing")
    if asked.lobby_id is not None:
        game, provider = None, catalogue.providers_by_code.get(asked.lobby_id)
    elif asked.game_id is not None:
        game = catalogue.games.get(asked.game_id)
        provider = catalogue.providers[game.provider_id] if game else None
    else:
        raise LaunchError("game_id is missing")
    if provider is None or not playable(catalogue, agent, provider, game):
        raise LaunchError("game or lobby is unknown or switched off", NOT_HERE, 404)
    if agent.id in catalogue.exhausted:
        raise LaunchError("the agent's credit with the hub is used up", NOT_HERE, 403)
    currency = agent.currencies.get(asked.currency)
    if currency is None:
        raise LaunchError("currency is not one of the agent's", status=403)
    return _Wanted(provider, game, asked.lobby_id, currency)


def _identity(agent: Agent, answer: OperatorAnswer, wanted: _Wanted) -> Identity:
    if isinstance(answer, Declined):
        words = _VERDICTS.get(answer.code)
        raise LaunchError(f"operator said {answer.code[:10]!r}", words or _AWAY, 403 if words else 502)
    if isinstance(answer, NotSent):
        raise LaunchError(f"operator was not asked: {answer.why}", _AWAY, 503)
    if isinstance(answer, NotKnown):
        raise LaunchError(f"operator did not answer: {answer.why}", _AWAY, 504)
    assert isinstance(answer, Agreed)
    try:
        identity = read_identity(answer.data)
    except Unusable as error:
        raise LaunchError(f"operator's answer has no usable {error}", _AWAY, 502) from None
    if identity.currency != wanted.currency.code:
        raise LaunchError("currency is not the player's", status=403)
    if identity.country and alpha2(identity.country) is None:
        log.warning("operator_country_unknown", agent=agent.id)
    return identity


async def _session(
    conn: Connection, hub: Hub, agent: Agent, asked: Parameters, wanted: _Wanted, told: ToldPlayer
) -> KnownSession:
    """The token's session, started or met again; and its player is whom the operator named."""
    assert asked.token is not None
    known = await find_session_of_operator(conn, agent.id, asked.token)
    if known is None:
        await _start(conn, hub, agent, asked, wanted, told)
    else:
        _check(known, hub, wanted)
        await bind(conn, agent.id, known.player_id, told, hub.clock())
    session = await find_session_of_operator(conn, agent.id, asked.token)
    assert session is not None
    return session


def _check(session: KnownSession, hub: Hub, wanted: _Wanted) -> None:
    if not session.live(hub.clock()):
        raise LaunchError("session ended or expired", OVER, 403)
    game_id = wanted.game.id if wanted.game else None
    if (session.provider_id, session.game_id, session.lobby_id) != (wanted.provider.id, game_id, wanted.lobby_id):
        raise LaunchError("the token was used for another game", status=403)
    if session.currency != wanted.currency.code:
        raise LaunchError("currency is not the session's", status=403)


async def _start(
    conn: Connection, hub: Hub, agent: Agent, asked: Parameters, wanted: _Wanted, told: ToldPlayer
) -> None:
    now, arrivals = hub.clock(), hub.arrivals
    player_id = await find_or_create(conn, agent.id, told, lambda: arrivals.player_id(agent.prefix), now)
    wallet_id = await open_wallet(conn, agent.id, arrivals.number(), player_id, wanted.currency.code)
    session = NewSession(
        token=arrivals.session_token(agent.prefix),
        player_id=player_id,
        wallet_id=wallet_id,
        provider_id=wanted.provider.id,
        game_id=wanted.game.id if wanted.game else None,
        lobby_id=wanted.lobby_id,
        currency=wanted.currency.code,
        language=asked.language or DEFAULT_LANGUAGE,
        device=asked.device or "desktop",
        home_url=asked.home_url,
        deposit_url=asked.deposit_url,
        player_ip=None,
        created_at=now,
        expires_at=now + timedelta(seconds=hub.settings.session_lifetime),
        operator_token=asked.token,
    )
    if not await start_session(conn, agent.id, session, alone=agent.one_session):
        raise _Raced
