"""activeBonuses, nonActiveBonuses and removeBonus: what players were given, what became of it, and its end."""

from pitboss.domain.money import format_minor
from pitboss.domain.play.decision import Accepted, Refused
from pitboss.domain.refusals import Refusal
from pitboss.edges import giving
from pitboss.edges.partner_api.call import Elsewhere, ReadCall, WriteCall
from pitboss.storage.bonuses import given
from pitboss.storage.bonuses.given import BonusSeen
from pitboss.storage.database import Connection
from pitboss.wire.partner_api import ErrorCode, PartnerError

_MOST_CODE = 128
REMOVED = "removed"


async def active_bonuses(call: ReadCall) -> object:
    """Bonuses that are not over, of one player or of all, newest first."""
    username = call.fields.optional_text("username")
    async with call.tenant() as connection:
        if username is not None:
            await call.player(connection, username)
        seen = await given.active_bonuses(connection, call.agent.id, username)
    return {"bonuses": [_told(call, one) for one in seen]}


async def non_active_bonuses(call: ReadCall) -> object:
    """Bonuses issued in the last year that are over, at most 500, what ended last comes first."""
    username = call.fields.optional_text("username")
    async with call.tenant() as connection:
        if username is not None:
            await call.player(connection, username)
        seen = await given.non_active_bonuses(connection, call.agent.id, username, call.now)
    return {"bonuses": [{**_told(call, one), **_end(call, one)} for one in seen]}


def _told(call: ReadCall, seen: BonusSeen) -> dict[str, object]:
    scale = call.catalogue.currencies[seen.currency].scale
    games = (call.catalogue.games.get(game_id) for game_id in seen.games)
    return {
        "username": seen.username,
        "bonusInstanceCode": seen.code,
        "templateCode": seen.template,
        "name": seen.name,
        "type": seen.kind,
        "status": seen.state,
        "count": seen.stakes,
        "remainingCount": seen.remaining,
        "value": format_minor(seen.value, scale),
        "remainingWagering": format_minor(seen.remaining_wagering, scale),
        "bonusBalance": format_minor(seen.balance, scale),
        "currency": seen.currency,
        "issuedAt": call.told_time(seen.created_at),
        "useBy": call.told_time(seen.use_by),
        "expiresAt": call.told_time(seen.expires_at),
        "games": [game.code for game in games if game is not None],
    }


def _end(call: ReadCall, seen: BonusSeen) -> dict[str, object]:
    return {
        "removalDate": None if seen.closed_at is None else call.told_time(seen.closed_at),
        "removalReason": seen.state,
    }


async def remove_bonus(call: WriteCall) -> Elsewhere:
    """The bonus's money is taken away and its free stakes are void; a round in flight still settles. What is removed already is
    removed; what ended otherwise is ERR_BONUS_STATE."""
    username, code = call.fields.text("username"), call.fields.text("bonusInstanceCode", _MOST_CODE)
    async with call.tenant() as connection:
        await call.player(connection, username)
        if await given.find_bonus(connection, call.agent.id, username, code) is None:
            raise PartnerError(ErrorCode.BONUS_NOT_FOUND)

    async def work() -> None:
        outcome = await giving.remove_from_player(
            call.tenant, call.hub, call.connectors, call.catalogue, call.agent.id, username, code
        )
        ended = isinstance(outcome, Accepted) or outcome == Refused(Refusal.CANCELED_SINCE)
        if not ended:
            # The engine is too busy, or does not know. Removing again does no harm.
            raise RuntimeError(f"a bonus could not be removed: {outcome!r}")

    async def act(connection: Connection) -> object:
        found = await given.find_bonus(connection, call.agent.id, username, code)
        assert found is not None
        if found.state != REMOVED:
            raise PartnerError(ErrorCode.BONUS_STATE, f"the bonus is {found.state}")
        return {"bonusInstanceCode": code, "status": found.state}

    return Elsewhere(work, act)
