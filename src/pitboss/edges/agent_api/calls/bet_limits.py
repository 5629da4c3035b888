"""setPlayerBetLimits, and how bet limits are told: the sets chosen for a player, which hold instead of a category's default."""

from collections.abc import Mapping

import msgspec

from pitboss.domain.catalogue import BetLimitSet, Provider
from pitboss.domain.money import Currency, format_minor
from pitboss.domain.players import Player
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.fields import Fields
from pitboss.storage.players.bet_limits import read_bet_limits, set_bet_limits
from pitboss.wire.agent_api import ApiError, ErrorCode

_MOST = 100


async def set_player_bet_limits(call: Call) -> None:
    """The categories named get these sets, those not named stay; a category without ids has its default again. The document's
    answer has no `result`."""
    call.fields.currency("agentSystemCurrency", call.agent.currencies)
    provider = call.catalogue.providers_by_code.get(call.fields.text("providerId"))
    chosen = _categories(call)
    if provider is None or provider.id not in call.agent.providers:
        raise ApiError(ErrorCode.AGENT_PROVIDER_NOT_FOUND)
    for category, ids in chosen.items():
        known = {limit_set.id for limit_set in provider.bet_limit_sets.get(category, ())}
        if not known or not known.issuperset(ids):
            raise ApiError(ErrorCode.BET_LIMIT_NOT_FOUND)
    player = await call.player()
    async with call.tenant() as connection:
        await set_bet_limits(connection, call.agent.id, player.player_id, provider.id, chosen)


def _categories(call: Call) -> dict[str, list[str]]:
    given = call.fields.all.get("categories")
    if not given:
        raise call.fields.wrong("categories", "is required")
    if not isinstance(given, list) or len(given) > _MOST:
        raise call.fields.wrong("categories", "must be a list of objects")
    chosen: dict[str, list[str]] = {}
    for place, item in enumerate(given):
        if not isinstance(item, dict):
            raise call.fields.wrong(f"categories[{place}]", "must be an object")
        members = Fields(item, f"categories[{place}].")
        ids = item.get("ids")
        if not isinstance(ids, list) or len(ids) > _MOST or not all(type(one) is str and one for one in ids):
            raise members.wrong("ids", "must be a list of strings")
        chosen[members.text("category")] = list(dict.fromkeys(ids))
    return chosen


async def chosen_limits(call: Call, player: Player) -> Mapping[str, Mapping[str, list[BetLimitSet]]]:
    """The sets chosen for a player, by provider and category, in their order; sets that are gone are left out."""
    async with call.tenant() as connection:
        chosen = await read_bet_limits(connection, call.agent.id, player.player_id)
    told = {}
    for provider_id, categories in chosen.items():
        provider = call.catalogue.providers.get(int(provider_id))
        if provider is not None:
            told[provider.code] = {
                category: _sets(provider, category, ids) for category, ids in sorted(categories.items())
            }
    return told


def _sets(provider: Provider, category: str, ids: list[str]) -> list[BetLimitSet]:
    return [known for known in provider.bet_limit_sets.get(category, ()) if known.id in ids]


def told_set(known: BetLimitSet, currency: Currency) -> dict[str, object]:
    """A set by its id, with its range."""
    return {"id": known.id, "info": told_range(known, currency)}


def told_range(known: BetLimitSet, currency: Currency) -> dict[str, object] | None:
    """The smallest and largest stake in a currency as exact numbers; None when the set has no limit in it."""
    limit = known.limits.get(currency.code)
    if limit is None:
        return None
    return {"min": _number(limit.min_stake, currency), "max": _number(limit.max_stake, currency)}


def _number(minor: int, currency: Currency) -> msgspec.Raw:
    return msgspec.Raw(format_minor(minor, currency.scale).encode())
