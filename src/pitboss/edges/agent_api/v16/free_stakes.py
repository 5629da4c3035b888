"""freeRound, getFreeRound, cancelFreeRound, freeChip, getFreeChip, cancelFreeChip as version 1.6.7 writes them."""

from pitboss.domain.bonus.template import BonusType
from pitboss.edges.agent_api.call import Call
from pitboss.edges.agent_api.calls import free_stakes
from pitboss.storage.bonuses.given import Campaign
from pitboss.wire.agent_api import ApiError, ErrorCode

_SPINS = (BonusType.FREE_SPINS,)
_CHIPS = (BonusType.FREE_CHIPS, BonusType.GOLDEN_CHIPS)


async def free_round(call: Call) -> object:
    """The whole grant."""
    campaign = await free_stakes.give(call, BonusType.FREE_SPINS, [call.fields.text("username")])
    return _given(call, campaign, {"username": _username(campaign)}, "freeRound")


async def get_free_round(call: Call) -> object:
    """By its id."""
    campaign = await free_stakes.find(call, _SPINS, ErrorCode.FREE_ROUND_NOT_FOUND)
    return await _kept(call, campaign, {"username": _username(campaign)})


async def cancel_free_round(call: Call) -> object:
    """By its id."""
    return await free_stakes.cancel(call, await free_stakes.find(call, _SPINS, ErrorCode.FREE_ROUND_NOT_FOUND))


async def free_chip(call: Call) -> object:
    """For several players."""
    campaign = await free_stakes.give(call, BonusType.FREE_CHIPS, free_stakes.usernames_of(call))
    return _given(call, campaign, {"usernames": _usernames(campaign)}, "freeChip")


async def get_free_chip(call: Call) -> object:
    """By its id and one of its players."""
    username = call.fields.text("username")
    campaign = await free_stakes.find(call, _CHIPS, ErrorCode.FREE_CHIP_NOT_FOUND)
    if username not in _usernames(campaign):
        raise ApiError(ErrorCode.FREE_CHIP_NOT_FOUND)
    return await _kept(call, campaign, {"usernames": _usernames(campaign)})


async def cancel_free_chip(call: Call) -> object:
    """By its id."""
    return await free_stakes.cancel(call, await free_stakes.find(call, _CHIPS, ErrorCode.FREE_CHIP_NOT_FOUND))


def _given(call: Call, campaign: Campaign, players: dict[str, object], name: str) -> dict[str, object]:
    return {
        **free_stakes.common_members(call, campaign),
        **players,
        f"{name}Code": campaign.code,
        f"{name}Id": campaign.studio_id or "",
        "startTime": call.told_time(campaign.valid_from),
        "endTime": call.told_time(campaign.use_by),
        **_made(call, campaign),
    }


async def _kept(call: Call, campaign: Campaign, players: dict[str, object]) -> dict[str, object]:
    return {
        **free_stakes.common_members(call, campaign),
        **players,
        "freeGameCode": campaign.code,
        "freeGameId": campaign.studio_id or "",
        "startAt": call.told_time(campaign.valid_from),
        "endAt": call.told_time(campaign.use_by),
        **_made(call, campaign),
        "info": await free_stakes.studio_info(call, campaign),
    }


def _made(call: Call, campaign: Campaign) -> dict[str, object]:
    return {
        "createdAt": call.told_time(campaign.created_at),
        "canceledAt": free_stakes.canceled_at(call, campaign),
    }


def _username(campaign: Campaign) -> str:
    return campaign.players[0][0]


def _usernames(campaign: Campaign) -> list[str]:
    return [username for username, _, _ in campaign.players]
