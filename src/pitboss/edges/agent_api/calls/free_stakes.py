"""freeRound and freeChip with what belongs to them: given by the agent's default templates, read, called off."""

import re
from collections.abc import Sequence

from pitboss.domain.bonus.template import BonusType
from pitboss.domain.catalogue import Game
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_minor
from pitboss.domain.players import Player
from pitboss.edges import giving
from pitboss.edges.agent_api.call import Call
from pitboss.edges.giving import CannotGive, Hindrance, Wish
from pitboss.providers import Done
from pitboss.storage.bonuses import given as bonus
from pitboss.storage.bonuses.given import Campaign
from pitboss.storage.bonuses.templates import read_template
from pitboss.storage.players.players import find_player
from pitboss.wire.agent_api import ApiError, ErrorCode

TEMPLATES = {BonusType.FREE_SPINS: "FS", BonusType.FREE_CHIPS: "FC"}
MOST_PLAYERS = 1_000
MOST_ROUNDS = 10_000
LONGEST_CODE = 128
NEVER = "0001-01-01T00:00:00Z"
"""When what was not canceled was canceled, as the documents' examples tell it."""
_ID = re.compile(r"[0-9a-f]{32}")
_FIELDS = {"stakes": "rounds", "value": "betAmount", "games": "gameId", "to": "to"}
_HINDRANCES = {
    Hindrance.TEMPLATE_UNKNOWN: ErrorCode.GAME_NOT_SUPPORTED,
    Hindrance.GAME_OFF: ErrorCode.GAME_NOT_ACTIVE,
    Hindrance.PROVIDER_NOT_CONFIGURED: ErrorCode.AGENT_PROVIDER_NOT_FOUND,
    Hindrance.NOT_SUPPORTED: ErrorCode.GAME_NOT_SUPPORTED,
}


async def give(call: Call, kind: BonusType, usernames: Sequence[str]) -> Campaign:
    """A gift for these players. Raises the call's errors, BONUS_CODE_ALREADY_EXISTS for a code that was used before."""
    wish = _wish(call, kind)
    async with call.tenant() as connection:
        template = await read_template(connection, call.agent.id, wish.template)
    players = [await _player(call, username) for username in usernames]
    try:
        gift = await giving.prepare(call.connectors, call.catalogue, call.agent, template, wish, call.now)
    except CannotGive as refused:
        if refused.hindrance is Hindrance.VALUE:
            raise call.fields.wrong("betAmount", refused.detail) from None
        raise ApiError(_HINDRANCES[refused.hindrance], refused.detail) from None
    except Invalid as wrong:
        raise call.fields.wrong(_FIELDS.get(wrong.field, wrong.field), wrong.problem) from None
    async with call.tenant() as connection:
        given = await giving.record(connection, call.hub, call.agent.id, gift, players, call.now)
    if not given.new:
        raise ApiError(ErrorCode.BONUS_CODE_ALREADY_EXISTS)
    told = await giving.tell(call.tenant, call.hub, call.connectors, call.catalogue, call.agent.id, given.id)
    if told.refused:
        raise ApiError(ErrorCode.GAME_NOT_SUPPORTED, "the studio does not give this for the game")
    return await _found(call, given.id)


def _wish(call: Call, kind: BonusType) -> Wish:
    fields = call.fields
    currency = fields.currency("currency", call.agent.currencies)
    code = fields.text("bonusCode", LONGEST_CODE)
    return Wish(
        template=TEMPLATES[kind],
        type=kind,
        games=(_game(call),),
        currency=currency,
        value=fields.amount("betAmount", currency),
        stakes=_rounds(call),
        reference=f"agent:{code}",
        said="",
        valid_from=fields.time("from"),
        use_by=fields.time("to"),
    )


def _rounds(call: Call) -> int:
    rounds = call.fields.whole_number("rounds", 0, 1, MOST_ROUNDS)
    if not rounds:
        raise call.fields.wrong("rounds", "is required")
    return rounds


def _game(call: Call) -> Game:
    game = call.catalogue.games_by_code.get(call.fields.text("gameId"))
    if game is None:
        raise ApiError(ErrorCode.GAME_NOT_FOUND)
    return game


async def _player(call: Call, username: str) -> Player:
    async with call.tenant() as connection:
        player = await find_player(connection, call.agent.id, username)
    if player is None:
        raise ApiError(ErrorCode.PLAYER_NOT_FOUND)
    if player.blocked:
        raise ApiError(ErrorCode.PLAYER_INACTIVE)
    return player


def usernames_of(call: Call) -> list[str]:
    """The member `usernames`: a list of players' names, each once."""
    given = call.fields.all.get("usernames")
    if given in (None, []):
        raise call.fields.wrong("usernames", "is required")
    if not isinstance(given, list) or not all(type(name) is str and name for name in given):
        raise call.fields.wrong("usernames", "must be a list of strings")
    if len(given) > MOST_PLAYERS:
        raise call.fields.wrong("usernames", f"must have at most {MOST_PLAYERS} members")
    return list(dict.fromkeys(given))


async def find(call: Call, kinds: Sequence[BonusType], unknown: ErrorCode) -> Campaign:
    """The campaign the member `id` names. Raises `unknown` where the agent has none such."""
    campaign_id = call.fields.text("id")
    if _ID.fullmatch(campaign_id) is None:
        raise ApiError(unknown)
    campaign = await _found(call, campaign_id, unknown)
    if campaign.kind not in kinds:
        raise ApiError(unknown)
    return campaign


async def _found(call: Call, campaign_id: str, unknown: ErrorCode = ErrorCode.FREE_ROUND_NOT_FOUND) -> Campaign:
    async with call.tenant() as connection:
        campaign = await bonus.find_campaign(connection, call.agent.id, campaign_id)
    if campaign is None:
        raise ApiError(unknown)
    return campaign


async def cancel(call: Call, campaign: Campaign) -> object:
    """Calls it off for all its players; a second time is ALREADY_CANCELED."""
    done = await giving.call_off(
        call.tenant, call.hub, call.connectors, call.catalogue, call.agent.id, campaign.id.hex, call.hub.clock
    )
    if not done:
        raise ApiError(ErrorCode.ALREADY_CANCELED)
    return {}


async def studio_info(call: Call, campaign: Campaign) -> str:
    """What the studio says of it, JSON in a string; empty when it cannot be learned."""
    provider = call.catalogue.providers[campaign.provider_id]
    told = await call.connectors.of(provider).grant_status(provider, campaign.code)
    return told.answer.info if isinstance(told, Done) else ""


def common_members(call: Call, campaign: Campaign) -> dict[str, object]:
    """What every answer about a gift tells, but for who has it and what its times and codes are called."""
    currency = call.catalogue.currencies[campaign.currency]
    provider = call.catalogue.providers[campaign.provider_id]
    return {
        "id": campaign.id.hex,
        "providerId": provider.code,
        "gameId": game_code(call, campaign),
        "agentId": call.agent.id,
        "betAmount": format_minor(campaign.value, currency.scale),
        "playerCurrency": campaign.currency,
        "providerCurrency": provider.unit_for(currency).code,
        "rounds": campaign.stakes,
    }


def game_code(call: Call, campaign: Campaign) -> str:
    """The code of the game it is for."""
    game = call.catalogue.games.get(campaign.games[0])
    return "" if game is None else game.code


def canceled_at(call: Call, campaign: Campaign) -> str:
    """When it was called off."""
    return NEVER if campaign.canceled_at is None else call.told_time(campaign.canceled_at)
