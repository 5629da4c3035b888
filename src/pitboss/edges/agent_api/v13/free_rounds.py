"""freeRound, getFreeRound, cancelFreeRound as version 1.3.0 writes them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from pitboss.domain.bonus.template import BonusType
from pitboss.domain.money import format_minor
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls import free_stakes
from pitboss.storage.bonuses.given import Campaign, campaigns_of, payouts_of
from pitboss.wire.agent_api import ApiError, ErrorCode

_PAGE = 100
_OPEN, _USED, _CANCELED = 1, 3, 4
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


async def free_round(call: Call) -> object:
    """Who has it and what it is called."""
    campaign = await free_stakes.give(call, BonusType.FREE_SPINS, [call.fields.text("username")])
    return {
        "userInGame": campaign.players[0][1],
        "freeGameId": campaign.studio_id or "",
        "freeGameCode": campaign.code,
    }


async def get_free_round(call: Call) -> object:
    """A player's free rounds, by provider: `houseResult` and the like; `ppResult` and `pgResult` are always there."""
    found: dict[str, list[Campaign]] = {}
    for campaign in await _of_player(call):
        found.setdefault(call.catalogue.providers[campaign.provider_id].code, []).append(campaign)
    result: dict[str, object] = {"houseResult": None, "ppResult": None, "pgResult": None}
    for code, campaigns in found.items():
        told = await _as_page(call, campaigns) if code == "pg" else [_item(call, campaign) for campaign in campaigns]
        result[f"{code}Result"] = told
    if "house" not in call.catalogue.providers_by_code:
        del result["houseResult"]
    return result


async def cancel_free_round(call: Call) -> object:
    """By its code; what else is named must be its own: player, game, the studio's id."""
    code, studio_id = call.fields.text("freeRoundCode"), call.fields.optional_text("freeRoundId")
    for campaign in await _of_player(call):
        if campaign.code == code and studio_id in (None, campaign.studio_id):
            return await free_stakes.cancel(call, campaign)
    raise ApiError(ErrorCode.FREE_ROUND_NOT_FOUND)


async def _of_player(call: Call) -> list[Campaign]:
    fields = call.fields
    currency = fields.currency("currency", call.agent.currencies)
    player = await call.player()
    game, begins, ends = fields.optional_text("gameId"), fields.time("from"), fields.time("to")
    async with call.tenant() as connection:
        campaigns = await campaigns_of(connection, call.agent.id, player.username, currency.code, begins, ends)
    return [campaign for campaign in campaigns if game in (None, free_stakes.game_code(call, campaign))]


def _item(call: Call, campaign: Campaign) -> dict[str, object]:
    games = [call.catalogue.games[game_id] for game_id in campaign.games if game_id in call.catalogue.games]
    return {
        "currency": campaign.currency,
        "gameIDList": ",".join(str(game.provider_game_id) for game in games),
        "rounds": campaign.stakes,
        "roundsPlayed": campaign.players[0][2],
        "bonusCode": campaign.code,
        "expirationDate": campaign.use_by.astimezone(UTC).strftime("%Y-%m-%d %H:%M"),
    }


async def _as_page(call: Call, campaigns: Sequence[Campaign]) -> dict[str, object]:
    username, currency = campaigns[0].players[0][0], campaigns[0].currency
    async with call.tenant() as connection:
        codes = [campaign.code for campaign in campaigns]
        won = await payouts_of(connection, call.agent.id, username, currency, codes)
    return {
        "totalCount": len(campaigns),
        "totalPage": -(-len(campaigns) // _PAGE),
        "result": [_page_item(call, campaign, won.get(campaign.code, 0)) for campaign in campaigns],
    }


def _page_item(call: Call, campaign: Campaign, won: int) -> dict[str, object]:
    scale = call.catalogue.currencies[campaign.currency].scale
    status, remaining = _status(campaign, call.now)
    studio_id = campaign.studio_id or ""
    return {
        "freeGameId": int(studio_id) if _NUMBER.fullmatch(studio_id) else studio_id,
        "freeGameName": "",
        "playerName": campaign.players[0][1],
        "currencyCode": campaign.currency,
        "totalFreeGame": campaign.stakes,
        "coinSize": msgspec.Raw(format_minor(campaign.value, scale).encode()),
        "multiplier": 1,
        "payout": msgspec.Raw(format_minor(won, scale).encode()),
        "remainCount": remaining,
        "conversionType": "Cash",
        "transactionId": "",
        "isEvent": False,
        "gameIds": None,
        "totalGame": 0,
        "status": status,
        "createdTime": _unix_ms(campaign.created_at),
        "updatedTime": _unix_ms(campaign.canceled_at or campaign.created_at),
    }


def _status(campaign: Campaign, now: datetime) -> tuple[int, int]:
    """What has become of it, and how many free stakes are left: the document tells the numbers 3 and 4 by example alone."""
    left = campaign.stakes - campaign.players[0][2]
    if campaign.canceled_at is not None:
        return _CANCELED, 0
    if left <= 0:
        return _USED, 0
    return (_CANCELED, 0) if campaign.use_by <= now else (_OPEN, left)


def _unix_ms(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
