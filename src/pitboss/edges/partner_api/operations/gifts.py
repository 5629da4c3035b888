"""giveFreeSpins and giveGoldenChips: free stakes for a player, by one of the agent's templates."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from pitboss.domain.bonus.gift import MOST_STAKES, Gift
from pitboss.domain.bonus.template import BonusType, read_multiplier
from pitboss.domain.catalogue import Game
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency, format_minor
from pitboss.edges import giving
from pitboss.edges.giving import CannotGive, Hindrance, Wish
from pitboss.edges.partner_api.call import Act, Afterwards, WriteCall
from pitboss.edges.partner_api.on_demand import PlayerData, player_data, player_for
from pitboss.edges.partner_api.operations.bet_values import MOST_GAMES, common_bet_values
from pitboss.storage.bonuses.templates import read_template
from pitboss.storage.database import Connection
from pitboss.storage.players.players import find_player
from pitboss.wire.partner_api import ErrorCode, PartnerError
from pitboss.wire.strict_json import JsonNumber

_LONGEST_CODE, _MOST_VALUES = 128, 50
_HINDRANCES: Mapping[Hindrance, tuple[ErrorCode, str | None]] = MappingProxyType(
    {
        Hindrance.TEMPLATE_UNKNOWN: (ErrorCode.BONUS_TEMPLATE_NOT_FOUND, None),
        Hindrance.GAME_OFF: (ErrorCode.GAME_NOT_FOUND, None),
        Hindrance.PROVIDER_NOT_CONFIGURED: (ErrorCode.GAME_NOT_FOUND, None),
        Hindrance.NOT_SUPPORTED: (ErrorCode.INVALID_REQUEST, "gameCodes"),
        Hindrance.SEVERAL_STUDIOS: (ErrorCode.INVALID_REQUEST, "gameCodes"),
        Hindrance.VALUE: (ErrorCode.BET_VALUE_NOT_SUPPORTED, None),
    }
)


async def give_free_spins(call: WriteCall) -> Act:
    """So many spins of the first of `betValues`, all of which every game must support."""
    currency = await _currency(call)
    games = _games(call)
    values = _bet_values(call, currency)
    supported = await common_bet_values(call, games, currency)
    for value in values:
        if value not in supported:
            shown = ", ".join(format_minor(known, currency.scale) for known in supported) or "none"
            raise PartnerError(ErrorCode.BET_VALUE_NOT_SUPPORTED, f"supported: {shown}", field="betValues")
    return await _give(call, BonusType.FREE_SPINS, games, currency, values[0], "betValues")


async def give_golden_chips(call: WriteCall) -> Act:
    """So many chips of `chipValue`."""
    currency = await _currency(call)
    value = call.fields.money("chipValue", currency)
    return await _give(call, BonusType.GOLDEN_CHIPS, _games(call), currency, value, "chipValue")


async def _currency(call: WriteCall) -> Currency:
    """The one that is asked for, else the player's, else that of the player to be made."""
    username, asked, data = (
        call.fields.text("username"),
        call.fields.currency("currency", call.agent.currencies),
        player_data(call),
    )
    async with call.tenant() as connection:
        player = await find_player(connection, call.agent.id, username)
    if player is None and data is None:
        raise PartnerError(ErrorCode.PLAYER_NOT_FOUND)
    if asked is not None:
        return asked
    return call.currency_of(player) if player is not None else call.agent.currencies[data.currency if data else ""]


def _games(call: WriteCall) -> tuple[Game, ...]:
    return tuple(call.game(code) for code in call.fields.texts("gameCodes", MOST_GAMES))


def _bet_values(call: WriteCall, currency: Currency) -> list[int]:
    given = call.fields.raw("betValues")
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_VALUES:
        raise call.fields.wrong("betValues", f"must be a list of 1 to {_MOST_VALUES} amounts")
    return [
        call.fields.item_of("betValues", place).money(f"betValues[{place}]", currency) for place in range(len(given))
    ]


async def _give(
    call: WriteCall, kind: BonusType, games: tuple[Game, ...], currency: Currency, value: int, value_field: str
) -> Act:
    fields = call.fields
    username, data = fields.text("username"), player_data(call)
    code, template_code = fields.text("remoteBonusCode", _LONGEST_CODE), fields.text("templateCode")
    fields.time("remoteBonusDate")
    stakes = fields.whole_number("count", 0, 1, MOST_STAKES)
    if not stakes:
        raise fields.wrong("count", "is required")
    wish = Wish(
        template_code, kind, games, currency, value, stakes, reference=f"partner:{username}:{code}", said=kind.value,
        multiplier=_multiplier(call),
    )  # fmt: skip
    gift = await _prepared(call, wish, value_field)

    async def act(connection: Connection) -> object:
        return await _record(call, connection, gift, username, data)

    return act


def _multiplier(call: WriteCall) -> Decimal | None:
    given = call.fields.raw("winWageringMultiplier")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | str | JsonNumber):
        raise call.fields.wrong("winWageringMultiplier", "must be a number")
    try:
        return read_multiplier("winWageringMultiplier", str(given))
    except Invalid as wrong:
        raise call.fields.wrong(wrong.field, wrong.problem) from None


async def _prepared(call: WriteCall, wish: Wish, value_field: str) -> Gift:
    async with call.tenant() as connection:
        template = await read_template(connection, call.agent.id, wish.template)
    try:
        return await giving.prepare(call.connectors, call.catalogue, call.agent, template, wish, call.now)
    except CannotGive as refused:
        code, field = _HINDRANCES[refused.hindrance]
        field = value_field if refused.hindrance is Hindrance.VALUE else field
        raise PartnerError(code, refused.detail, field=field) from None
    except Invalid as wrong:
        if wrong.field == "value":
            raise PartnerError(ErrorCode.BET_VALUE_NOT_SUPPORTED, wrong.problem, field=value_field) from None
        members = {"stakes": "count", "multiplier": "winWageringMultiplier", "games": "gameCodes"}
        raise call.fields.wrong(members.get(wrong.field, wrong.field), wrong.problem) from None


async def _record(
    call: WriteCall, connection: Connection, gift: Gift, username: str, data: PlayerData | None
) -> object:
    player = await player_for(call, connection, username, data)
    if player.blocked:
        raise PartnerError(ErrorCode.PLAYER_BLOCKED, "the player is blocked")
    given = await giving.record(connection, call.hub, call.agent.id, gift, [player], call.now)
    if not given.same:
        raise PartnerError(
            ErrorCode.BONUS_STATE, "the remoteBonusCode was given another kind of bonus", field="remoteBonusCode"
        )
    told = {"bonusInstanceCode": given.code}
    if not given.new:
        return told

    async def tell() -> PartnerError | None:
        answer = await giving.tell(call.tenant, call.hub, call.connectors, call.catalogue, call.agent.id, given.id)
        return (
            PartnerError(ErrorCode.BONUS_STATE, "the studio does not give this for the games")
            if answer.refused
            else None
        )

    return Afterwards(told, tell)
