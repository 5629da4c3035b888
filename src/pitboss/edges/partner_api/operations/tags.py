"""setPlayerTags: numbers and texts an operator keeps with a player, changed together or not at all."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from pitboss.domain.money import format_decimal
from pitboss.domain.tags import (
    MAX_NAME,
    MAX_TEXT,
    MOST_OF_A_CALL,
    MOST_OF_A_PLAYER,
    Anything,
    Expected,
    NotAsExpected,
    TagChange,
    TagValue,
    TooManyTags,
    change_tags,
)
from pitboss.edges.partner_api.call import Act, WriteCall
from pitboss.edges.partner_api.fields import Fields
from pitboss.storage.database import Connection
from pitboss.storage.players.tags import lock_tags, store_tags
from pitboss.wire.partner_api import ErrorCode, PartnerError, invalid, number


async def set_player_tags(call: WriteCall) -> Act:
    """Adds tags or replaces their values; with an expectation that does not hold, nothing changes."""
    username = call.fields.text("username")
    changes = [_change(item) for item in call.fields.objects("tags", MOST_OF_A_CALL)]
    names = [change.name for change in changes]
    if len(set(names)) < len(names):
        raise invalid("tags", "has a name twice")
    replace = call.fields.optional_flag("replace", False)

    async def act(connection: Connection) -> object:
        player = await call.player(connection, username)
        before = await lock_tags(connection, call.agent.id, player.player_id)
        after = change_tags(before, changes, replace=replace)
        if isinstance(after, NotAsExpected):
            raise PartnerError(ErrorCode.TAG_EXPECTATION_FAILED, more={"tags": _told(after.found)})
        if isinstance(after, TooManyTags):
            raise invalid("tags", f"would be more than {MOST_OF_A_PLAYER} of the player's")
        await store_tags(connection, call.agent.id, player.player_id, before, after, call.now)
        return {"tags": _told(after)}

    return act


def _change(item: Fields) -> TagChange:
    name = item.text("name", MAX_NAME)
    value: TagValue
    # An empty text is a value like any other here.
    if item.raw("value") == "":
        value = ""
    elif type(item.raw("value")) is str:
        value = item.text("value", MAX_TEXT)
    elif item.raw("value") is None:
        raise item.wrong("value", "is required")
    else:
        value = _number(item, "value")
    return TagChange(name, value, _expected(item, value))


def _expected(item: Fields, value: TagValue) -> Expected:
    if not item.has("expectedValue"):
        return Anything.GOES
    if not isinstance(value, Decimal):
        raise item.wrong("expectedValue", "is for number tags")
    return None if item.raw("expectedValue") is None else _number(item, "expectedValue")


def _number(item: Fields, name: str) -> Decimal:
    value = item.exact_number(name)
    # A minus before zero is no value of its own. (Arithmetic would round what has many digits.)
    return value if value else Decimal(0)


def _told(tags: Mapping[str, TagValue | None]) -> list[dict[str, object]]:
    return [{"name": name, "value": _value(tags[name])} for name in sorted(tags)]


def _value(value: TagValue | None) -> str | msgspec.Raw | None:
    return number(format_decimal(value)) if isinstance(value, Decimal) else value
