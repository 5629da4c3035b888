"""setPlayerLimits and playerLimits: what a player may deposit, stake, lose and play, and how long it stays away."""

from datetime import datetime
from typing import NamedTuple

from pitboss.domain.limits.player_limits import Held, LimitKind, LimitName, Period, period_start
from pitboss.domain.limits.use import used
from pitboss.domain.money import Currency, format_minor
from pitboss.domain.players import Player
from pitboss.edges.partner_api.call import Act, Call, ReadCall, WriteCall
from pitboss.edges.partner_api.fields import Fields
from pitboss.storage.database import Connection
from pitboss.storage.players.limits import Limited, lock_limits, read_limited, store_limits
from pitboss.wire.partner_api import invalid

_MOST_LIMITS = 100
_MOST_MINUTES = 31 * 24 * 60


class _Asked(NamedTuple):
    """One limit of a request. `value`: minutes, or the amount still to be read in the player's own currency."""

    kind: LimitKind
    period: Period
    item: Fields


async def set_player_limits(call: WriteCall) -> Act:
    """Limits that are named change, the others stay. Stricter ones hold at once, looser ones (null is none) in 24 hours."""
    fields = call.fields
    username = fields.text("username")
    asked = (
        [_asked(item) for item in fields.objects("limits", _MOST_LIMITS)] if fields.raw("limits") is not None else []
    )
    cool_off, self_exclusion = _until(call, "coolOffUntil"), _until(call, "selfExcludedUntil")

    async def act(connection: Connection) -> object:
        player = await call.player(connection, username)
        wanted = _wanted(call, player, asked)
        known = await lock_limits(connection, call.agent.id, player.player_id, call.now)
        limits = known.limits
        for name, value in wanted.items():
            limits = limits.set_limit(name, value, call.now)
        if fields.has("coolOffUntil"):
            limits = limits.set_cool_off(cool_off, call.now)
        if fields.has("selfExcludedUntil"):
            limits = limits.set_self_exclusion(self_exclusion, call.now)
        await store_limits(connection, call.agent.id, player.player_id, limits)
        return _told(call, Limited(limits, known.uses))

    return act


async def player_limits(call: ReadCall) -> object:
    """Limits in force, what is used of them so far, and what is pending."""
    username = call.fields.text("username")
    async with call.tenant() as connection:
        player = await call.player(connection, username)
        known = await read_limited(connection, call.agent.id, [player.player_id])
    return _told(call, known[player.player_id])


def _asked(item: Fields) -> _Asked:
    kind = LimitKind(item.choice("type", tuple(LimitKind)))
    period = Period(item.choice("period", tuple(Period)))
    value = "minutes" if kind is LimitKind.SESSION_TIME else "amount"
    if not item.has(value):
        raise item.wrong(value, "is required; null asks for no limit")
    if kind is LimitKind.SESSION_TIME and item.raw("currency") is not None:
        raise item.wrong("currency", "is not for session time")
    return _Asked(kind, period, item)


def _until(call: WriteCall, name: str) -> datetime | None:
    until = call.fields.time(name)
    if until is not None and until <= call.now:
        raise call.fields.wrong(name, "must be in the future")
    return until


def _wanted(call: WriteCall, player: Player, asked: list[_Asked]) -> dict[LimitName, int | None]:
    """Minor units, or minutes, by limit; None where none is asked for."""
    wanted: dict[LimitName, int | None] = {}
    for kind, period, item in asked:
        if kind is LimitKind.SESSION_TIME:
            minutes = None if item.raw("minutes") is None else item.whole_number("minutes", 0, 0, _MOST_MINUTES)
            name, value = LimitName(kind, period, ""), minutes
        else:
            currency = item.currency("currency", call.agent.currencies) or call.currency_of(player)
            value = None if item.raw("amount") is None else item.money("amount", currency)
            name = LimitName(kind, period, currency.code)
        if name in wanted:
            raise invalid("limits", "has a limit twice")
        wanted[name] = value
    return wanted


def _told(call: Call[Fields], known: Limited) -> dict[str, object]:
    now, limits = call.now, known.limits
    return {
        "limits": [
            told
            for name, held in sorted(limits.limits.items())
            if (told := _limit(call, known, name, held.at(now), now)) is not None
        ],
        **_away("coolOffUntil", limits.cool_off_until.at(now), call),
        **_away("selfExcludedUntil", limits.self_excluded_until.at(now), call),
    }


def _limit(
    call: Call[Fields], known: Limited, name: LimitName, held: Held[int], now: datetime
) -> dict[str, object] | None:
    if held.empty:
        return None
    currency = call.catalogue.currencies.get(name.currency)
    uses = [use for code, use in known.uses.items() if name.currency in ("", code)]
    member = "amount" if currency else "minutes"
    pending = held.pending
    return {
        "type": name.kind.value,
        "period": name.period.value,
        **({"currency": currency.code} if currency else {}),
        member: _value(held.value, currency),
        "used": _value(used(uses, name.kind, name.period, now), currency),
        "periodStart": period_start(name.period, now).isoformat(),
        "pending": {member: _value(pending.value, currency), "from": call.told_time(pending.since)}
        if pending
        else None,
    }


def _value(value: int | None, currency: Currency | None) -> str | int | None:
    return value if value is None or currency is None else format_minor(value, currency.scale)


def _away(name: str, held: Held[datetime], call: Call[Fields]) -> dict[str, object]:
    over = held.value is None or held.value <= call.now
    pending = None
    if held.pending is not None and not over:
        until = held.pending.value
        pending = {"until": call.told_time(until) if until else None, "from": call.told_time(held.pending.since)}
    return {name: None if over or held.value is None else call.told_time(held.value), f"{name}Pending": pending}
