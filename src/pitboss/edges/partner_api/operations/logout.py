"""logout: a player's sessions end; games that are open are told, and a stake after it finds no session."""

from pitboss.domain.sessions import valid_token
from pitboss.edges.partner_api.call import Act, WriteCall
from pitboss.storage.database import Connection
from pitboss.storage.players.sessions import end_session_of_token, end_sessions_of
from pitboss.wire.partner_api import ErrorCode, PartnerError, invalid

REASON = "logout"


async def logout(call: WriteCall) -> Act:
    """By username all of a player's sessions, by sessionToken (the hub's, or the operator's own) that one."""
    username, token = call.fields.optional_text("username"), call.fields.optional_text("sessionToken")
    if (username is None) == (token is None):
        raise invalid("username", "or sessionToken is required, and not both")
    if token is not None and not valid_token(token):
        raise invalid("sessionToken", "must be 20 to 50 letters and digits")

    async def act(connection: Connection) -> object:
        agent_id = call.agent.id
        if username is not None:
            player = await call.player(connection, username)
            return {"sessions": await end_sessions_of(connection, agent_id, player.player_id, REASON, call.now)}
        assert token is not None
        ended = await end_session_of_token(connection, agent_id, token, REASON, call.now)
        if ended is None:
            raise PartnerError(ErrorCode.PLAYER_NOT_FOUND, "no player has this session", field="sessionToken")
        return {"sessions": ended}

    return act
