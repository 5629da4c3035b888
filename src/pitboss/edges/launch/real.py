"""mode=real: a session that launchGame has started opens, again and again until it ends; a seamless agent's wallet is asked
(wallet protocol, "Launch")."""

from pitboss.domain.catalogue import Agent, AgentType, Catalogue, Game, Provider
from pitboss.domain.sessions import KnownSession
from pitboss.edges.gate import Gate
from pitboss.edges.launch.opening import NOT_HERE, OVER, admit, admit_player, studio_url
from pitboss.edges.launch.parameters import LaunchError, Parameters
from pitboss.edges.launch.seamless import launch_seamless
from pitboss.engine.hub import Hub
from pitboss.storage.players.sessions import find_session


async def launch_real(hub: Hub, gate: Gate, asked: Parameters, reference: str) -> str:
    """The studio's URL for the session the token belongs to. `reference` is what a page of ours would show, and what an operator's
    call is logged under. Raises LaunchError, Busy."""
    catalogue = hub.live.current
    named = catalogue.agents_by_operator_id.get(asked.operator_id) if asked.operator_id is not None else None
    if named is not None and named.type is AgentType.SEAMLESS:
        await _refuse_others_token(hub, named, asked.token)
        return await launch_seamless(hub, gate, named, asked, reference)
    return await _launch_transfer(hub, gate, named, asked)


async def _refuse_others_token(hub: Hub, named: Agent, token: str | None) -> None:
    """A session of another agent's player is not shown to this agent's wallet, whoever put them into one link."""
    holder = hub.live.current.agent_of(token) if token is not None else None
    if holder is None or holder.id == named.id:
        return
    async with hub.database.tenant(holder.id) as connection:
        session = await find_session(connection, holder.id, token or "")
    if session is not None:
        raise LaunchError("the token is another agent's", OVER, 403)


async def _launch_transfer(hub: Hub, gate: Gate, named: Agent | None, asked: Parameters) -> str:
    catalogue, now = hub.live.current, hub.clock()
    assert asked.token is not None
    agent = _agent(catalogue, asked.token, named, asked)
    async with gate.inside(), hub.database.tenant(agent.id) as connection:
        session = await find_session(connection, agent.id, asked.token)
        if session is None or not session.live(now):
            raise LaunchError("token unknown, expired or ended", OVER, 403)
        await admit_player(connection, agent, session, now)
    if asked.currency is not None and asked.currency != session.currency:
        raise LaunchError("currency is not the session's", status=403)
    provider = catalogue.providers[session.provider_id]
    game, lobby_id = _what(catalogue, session, provider, asked)
    admit(catalogue, agent, session, provider, game)
    return studio_url(catalogue, session, provider, game, lobby_id, asked)


def _agent(catalogue: Catalogue, token: str, named: Agent | None, asked: Parameters) -> Agent:
    agent = catalogue.agent_of(token)
    if agent is None or agent.type is AgentType.SEAMLESS:
        # A seamless operator's own token does not tell whose it is: its link must.
        raise LaunchError("token is no transfer agent's, and operator_id no seamless one's", OVER, 403)
    if asked.operator_id is not None and named is not agent:
        raise LaunchError("operator_id is not the token's agent", status=403)
    return agent


def _what(
    catalogue: Catalogue, session: KnownSession, provider: Provider, asked: Parameters
) -> tuple[Game | None, str | None]:
    """The game or the lobby to open. A lobby is named by its provider's code; it wins over a game."""
    if asked.lobby_id is not None:
        if asked.lobby_id != provider.code:
            raise LaunchError("lobby_id is not of the session's provider", NOT_HERE, 404)
        return None, asked.lobby_id
    if session.game_id is None:
        return _game_of_lobby(catalogue, session, asked)
    if asked.game_id is not None and asked.game_id != session.game_id:
        raise LaunchError("game_id is not the session's", status=403)
    return catalogue.games.get(session.game_id), None


def _game_of_lobby(catalogue: Catalogue, session: KnownSession, asked: Parameters) -> tuple[Game | None, str | None]:
    if asked.game_id is None:
        return None, session.lobby_id
    game = catalogue.games.get(asked.game_id)
    if game is None or game.provider_id != session.provider_id:
        raise LaunchError("game_id is not of the session's lobby", NOT_HERE, 404)
    return game, None
