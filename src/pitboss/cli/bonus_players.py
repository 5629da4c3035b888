"""What players have of bonuses: listed, and removed through the engine like every movement of money."""

import logging

from pitboss.cli.administration import Desk
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_minor
from pitboss.domain.play.decision import Accepted, Refused
from pitboss.domain.refusals import Refusal
from pitboss.engine.bonuses import take_from_player
from pitboss.engine.open import open_hub
from pitboss.log import configure_logging
from pitboss.storage.audit import act
from pitboss.storage.bonuses import given
from pitboss.storage.bonuses.given import BonusSeen
from pitboss.storage.catalogue.currencies import currencies_known
from pitboss.storage.players.players import find_player


async def bonuses_of(desk: Desk, agent_id: int, username: str, *, also_over: bool) -> list[dict[str, object]]:
    """A player's bonuses as support sees them, newest first; those that are over when asked for. Raises Invalid."""
    await _check_player(desk, agent_id, username)
    seen = await given.active_bonuses(desk.conn, agent_id, username)
    if also_over:
        seen += await given.non_active_bonuses(desk.conn, agent_id, username, desk.now)
    scales = {code: currency.scale for code, currency in (await currencies_known(desk.conn)).items()}
    return [_told(one, scales[one.currency]) for one in seen]


def _told(seen: BonusSeen, scale: int) -> dict[str, object]:
    return {
        "code": seen.code,
        "template": seen.template,
        "type": seen.kind,
        "state": seen.state,
        "currency": seen.currency,
        "value": format_minor(seen.value, scale),
        "remaining": seen.remaining,
        "bonus_balance": format_minor(seen.balance, scale),
        "remaining_wagering": format_minor(seen.remaining_wagering if seen.state == "active" else 0, scale),
        "converted": format_minor(seen.converted, scale),
        "expires_at": seen.expires_at.isoformat(),
        "closed_at": None if seen.closed_at is None else seen.closed_at.isoformat(),
    }


async def remove(desk: Desk, agent_id: int, username: str, code: str) -> dict[str, object]:
    """Ends a player's bonus; the worker tells its studio. Raises Invalid."""
    await _check_player(desk, agent_id, username)
    configure_logging(logging.WARNING)
    async with open_hub(desk.settings) as hub:
        taken = await take_from_player(
            lambda: hub.database.tenant(agent_id), hub.engine, hub.arrivals, agent_id, username, code, desk.now
        )
    if taken is None:
        raise Invalid("code", f"the player has no bonus {code[:40]!r}")
    if not isinstance(taken.outcome, Accepted):
        over = isinstance(taken.outcome, Refused) and taken.outcome.refusal is Refusal.CANCELED_SINCE
        raise Invalid(
            "code", "the bonus is over already" if over else "could not be removed; look at it, and try again"
        )
    async with act(desk.conn, desk.actor, desk.now, reload=False) as under_way:
        await under_way.record("given.remove", username, {"code": code}, agent_id)
    return {"agent_id": agent_id, "username": username, "code": code, "removed": True}


async def _check_player(desk: Desk, agent_id: int, username: str) -> None:
    if await find_player(desk.conn, agent_id, username) is None:
        raise Invalid("username", f"agent {agent_id} has no player {username[:40]!r}")
