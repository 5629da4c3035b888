"""Starting a session for a player in a game, whichever API asks for it: what may stand in the way, and where the browser goes."""

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from pitboss.domain.catalogue import Agent, Catalogue, Game
from pitboss.domain.money import Currency
from pitboss.domain.players import Player
from pitboss.domain.sessions import NewSession
from pitboss.engine.hub import Hub
from pitboss.providers import Launch, connector_for
from pitboss.storage.database import Connection
from pitboss.storage.players.limits import find_standing
from pitboss.storage.players.sessions import find_session_of_operator, start_session
from pitboss.storage.players.wallets import open_wallet


class Obstacle(Enum):
    """Why a game cannot be launched."""

    GAME_UNKNOWN = "there is no such game"
    PROVIDER_NOT_CONFIGURED = "the game's provider is not configured for this agent"
    GAME_OFF = "the game is switched off"
    NOT_FOR_FUN = "the game cannot be played for fun"
    NO_ADDRESS = "the game's provider has no launch address"
    PLAYER_BLOCKED = "the player is blocked"
    COUNTRY = "the game is not for the player's country"
    CREDIT = "the agent's credit with the hub is used up"
    PLAYER_LIMIT = "the player's own limits do not let it play now"
    SESSION_USED = "the token was used before, for another game, player or currency, or its session has ended"


class CannotLaunch(Exception):
    """Nothing was started. Each dialect has an error of its own for each obstacle."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


class Wish(NamedTuple):
    """How a game is to be opened. `operator_token`: what a seamless agent's wallet knows the session by; None for others."""

    game: Game
    currency: Currency
    language: str
    device: str
    home_url: str | None
    deposit_url: str | None
    player_ip: str | None = None
    operator_token: str | None = None


def playable_game(catalogue: Catalogue, agent: Agent, code: str) -> Game:
    """The game of this id, when the agent's players may play it now. Raises CannotLaunch."""
    game = catalogue.games_by_code.get(code)
    if game is None:
        raise CannotLaunch(Obstacle.GAME_UNKNOWN)
    terms = agent.providers.get(game.provider_id)
    if terms is None or not terms.active:
        raise CannotLaunch(Obstacle.PROVIDER_NOT_CONFIGURED)
    if not catalogue.plays(agent, game):
        raise CannotLaunch(Obstacle.GAME_OFF)
    return game


def fun_url(catalogue: Catalogue, wish: Wish) -> str:
    """Where a game is played for play money; nobody's session is started. Raises CannotLaunch."""
    if not wish.game.fun_mode:
        raise CannotLaunch(Obstacle.NOT_FOR_FUN)
    return _studio_url(catalogue, wish, None)


async def start(
    connection: Connection, hub: Hub, catalogue: Catalogue, agent: Agent, player: Player, wish: Wish
) -> str:
    """The studio's URL with a new session's token in it, in the caller's transaction of the agent; with the known session's where
    the operator's token has one of the same game already. Raises CannotLaunch."""
    now = hub.clock()
    _admit(catalogue, agent, player, wish.game)
    standing = await find_standing(connection, agent.id, player.player_id, wish.currency.code)
    if standing is not None and not standing.may_launch(now):
        raise CannotLaunch(Obstacle.PLAYER_LIMIT)
    session = await _session(connection, hub, agent, player, wish, now)
    url = _studio_url(catalogue, wish, session.token)
    if await start_session(connection, agent.id, session, alone=agent.one_session):
        return url
    return _studio_url(catalogue, wish, await _known_token(connection, agent, session))


async def _session(
    connection: Connection, hub: Hub, agent: Agent, player: Player, wish: Wish, now: datetime
) -> NewSession:
    wallet_id = await open_wallet(connection, agent.id, hub.arrivals.number(), player.player_id, wish.currency.code)
    return NewSession(
        token=hub.arrivals.session_token(agent.prefix),
        player_id=player.player_id,
        wallet_id=wallet_id,
        provider_id=wish.game.provider_id,
        game_id=wish.game.id,
        lobby_id=None,
        currency=wish.currency.code,
        language=wish.language,
        device=wish.device,
        home_url=wish.home_url,
        deposit_url=wish.deposit_url,
        player_ip=wish.player_ip,
        created_at=now,
        expires_at=now + timedelta(seconds=hub.settings.session_lifetime),
        operator_token=wish.operator_token,
    )


async def _known_token(connection: Connection, agent: Agent, wanted: NewSession) -> str:
    """The token of the session that the operator's token has already, when it is the one that is wanted."""
    assert wanted.operator_token is not None
    known = await find_session_of_operator(connection, agent.id, wanted.operator_token)
    if (
        known is None
        or not known.live(wanted.created_at)
        or (known.player_id, known.game_id, known.currency) != (wanted.player_id, wanted.game_id, wanted.currency)
    ):
        raise CannotLaunch(Obstacle.SESSION_USED)
    return known.token


def _admit(catalogue: Catalogue, agent: Agent, player: Player, game: Game) -> None:
    if player.blocked:
        raise CannotLaunch(Obstacle.PLAYER_BLOCKED)
    if agent.id in catalogue.exhausted:
        raise CannotLaunch(Obstacle.CREDIT)
    country = player.country or agent.default_country
    provider = catalogue.providers[game.provider_id]
    if country and (provider.prohibits(country) or country in game.prohibited_countries):
        raise CannotLaunch(Obstacle.COUNTRY)


def _studio_url(catalogue: Catalogue, wish: Wish, token: str | None) -> str:
    provider = catalogue.providers[wish.game.provider_id]
    launch = Launch(wish.game, None, token, wish.currency, wish.language, wish.device, wish.home_url, wish.deposit_url)
    url = connector_for(provider).launch_url(provider, launch)
    if url is None:
        raise CannotLaunch(Obstacle.NO_ADDRESS)
    return url
