"""What the OpenAPI document says of each operation: members of the request, the data, the errors by status."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from pitboss.edges.partner_api.documented import Documented, array, maybe, obj, text
from pitboss.edges.partner_api.openapi_reports import REPORTS
from pitboss.wire.partner_api import ErrorCode

_NUMBER_OR_TEXT = Schema(type=[OpenAPIType.NUMBER, OpenAPIType.STRING])
_WHOLE, _BOOL = Schema(type=OpenAPIType.INTEGER), Schema(type=OpenAPIType.BOOLEAN)
_USERNAME = text("the player")
_TAG = {"name": text(max_length=100), "value": _NUMBER_OR_TEXT}
_PLAYER_DATA = obj(
    {"countryCode": text("ISO 3166"), "currencyCode": text("one of the agent's"), "birthDate": maybe("YYYY-MM-DD")},
    ("countryCode", "currencyCode"),
)
_MONEY = Schema(type=[OpenAPIType.STRING, OpenAPIType.NUMBER])
_GIFT = {
    "username": _USERNAME, "templateCode": text(), "count": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=10_000),
    "gameCodes": array(text(), min_items=1, max_items=200), "currency": text("the player's without it"),
    "remoteBonusCode": text("yours; again for the same player it gives the first bonus", max_length=128),
    "remoteBonusDate": maybe("RFC 3339; not kept"), "playerData": _PLAYER_DATA,
}  # fmt: skip
_GIVEN = ("username", "templateCode", "count", "gameCodes", "remoteBonusCode")
_BONUS = {
    "username": text(), "bonusInstanceCode": text(), "templateCode": text(), "name": text(),
    "type": text(enum=["free_spins", "golden_chips", "free_chips"]), "status": text(), "count": _WHOLE,
    "remainingCount": _WHOLE, "value": text("of one stake"), "remainingWagering": text("plain decimal"),
    "bonusBalance": text("plain decimal"), "currency": text(), "issuedAt": text("RFC 3339"), "useBy": text("RFC 3339"),
    "expiresAt": text("RFC 3339"), "games": array(text()),
}  # fmt: skip
_OBJECT_OR_NULL = [OpenAPIType.OBJECT, OpenAPIType.NULL]
_TIME_OR_NULL = maybe("RFC 3339")
_AMOUNT = Schema(type=[OpenAPIType.STRING, OpenAPIType.NUMBER, OpenAPIType.NULL], description="null: no limit")
_MINUTES = Schema(type=[OpenAPIType.INTEGER, OpenAPIType.NULL])
_LIMIT = {
    "type": text(enum=["deposit", "wager", "loss", "sessionTime"]), "period": text(enum=["day", "week", "month"]),
    "amount": _AMOUNT, "minutes": _MINUTES, "currency": text("the player's without it"),
}  # fmt: skip
_AWAY_PENDING = Schema(
    type=_OBJECT_OR_NULL, properties={"until": _TIME_OR_NULL, "from": text()}, required=["until", "from"]
)
_LIMITS = obj({
    "limits": array(obj(
        {
            **_LIMIT, "used": Schema(type=[OpenAPIType.STRING, OpenAPIType.INTEGER]), "periodStart": text("a day, UTC"),
            "pending": Schema(
                type=_OBJECT_OR_NULL, properties={"amount": _AMOUNT, "minutes": _MINUTES, "from": text("when it holds")},
                required=["from"],
            ),
        },
        ("type", "period", "used", "periodStart", "pending"),
    )),
    "coolOffUntil": _TIME_OR_NULL, "coolOffUntilPending": _AWAY_PENDING,
    "selfExcludedUntil": _TIME_OR_NULL, "selfExcludedUntilPending": _AWAY_PENDING,
})  # fmt: skip


WRITES: Mapping[str, Documented] = MappingProxyType({
    "setPlayerTags": Documented(
        "Adds tags or replaces their values. Where number tags carry expectedValue, all of them must match or nothing changes.",
        {
            "username": _USERNAME,
            "tags": array(obj({
                **_TAG, "expectedValue": Schema(type=[OpenAPIType.NUMBER, OpenAPIType.NULL], description="null: must not exist"),
            }, ("name", "value")), max_items=100),
            "replace": Schema(type=OpenAPIType.BOOLEAN, default=False, description="these become the only tags"),
        },
        ("username", "tags"),
        obj({"tags": array(obj(_TAG))}),
    ),
    "setPlayerLimits": Documented(
        "Sets the limits that are named; the others stay. Stricter ones hold at once, looser ones after 24 hours.",
        {
            "username": _USERNAME, "limits": array(obj(_LIMIT, ("type", "period")), max_items=100),
            "coolOffUntil": _TIME_OR_NULL, "selfExcludedUntil": _TIME_OR_NULL,
        },
        ("username",),
        _LIMITS,
    ),
    "logout": Documented(
        "Ends the player's sessions, by username or by sessionToken that one; open games are told within two seconds.",
        {"username": maybe("all sessions of the player"), "sessionToken": maybe("this session")},
        (),
        obj({"sessions": _WHOLE}),
    ),
    "giveFreeSpins": Documented(
        "Free spins of the first of betValues, all of which every game must support; makes the player on demand.",
        {
            **_GIFT, "betValues": array(_MONEY, min_items=1),
            "winWageringMultiplier": Schema(
                type=[OpenAPIType.STRING, OpenAPIType.NUMBER, OpenAPIType.NULL], description="where the template allows it"
            ),
        },
        (*_GIVEN, "betValues"),
        obj({"bonusInstanceCode": text("the same one for the same remoteBonusCode of the player")}),
    ),
    "giveGoldenChips": Documented(
        "Chips of a value for table games; makes the player on demand.",
        {**_GIFT, "chipValue": _MONEY},
        (*_GIVEN, "chipValue"),
        obj({"bonusInstanceCode": text("the same one for the same remoteBonusCode of the player")}),
    ),
    "removeBonus": Documented(
        "Takes a bonus's money away and voids its free stakes; a round in flight still settles.",
        {"username": _USERNAME, "bonusInstanceCode": text()},
        ("username", "bonusInstanceCode"),
        obj({"bonusInstanceCode": text(), "status": text(enum=["removed"])}),
    ),
    "notifyBalanceChange": Documented(
        "Seamless agents: asks the agent's wallet for the player's balance and tells it to the open games.",
        {"username": _USERNAME},
        ("username",),
        obj({"balances": array(obj({"currency": text(), "balance": text("plain decimal")})), "games": _WHOLE}),
    ),
    "getGameLaunchUrl": Documented(
        "Where the player's browser goes to play a game; makes the player on demand where playerData is given.",
        {
            "username": _USERNAME, "gameCode": text("as games lists it"),
            "clientPlatform": text(enum=["web", "mobile"], default="web"), "language": maybe("default en"),
            "currency": text("the player's without it"), "playMode": text(enum=["real", "fun"], default="real"),
            "externalToken": maybe("a seamless operator's own token"), "lobbyUrl": maybe("http or https"),
            "depositUrl": maybe("http or https"), "playerData": _PLAYER_DATA,
        },
        ("username", "gameCode"),
        obj({"url": text(), "token": text("seamless, without externalToken: what the wallet will be asked with")}, ("url",)),
    ),
})  # fmt: skip
READS: Mapping[str, Documented] = MappingProxyType({
    "activeBonuses": Documented(
        "Bonuses that are not over, newest first.", {"username": text("all players' without it")}, (),
        obj({"bonuses": array(obj(_BONUS))}),
    ),
    "nonActiveBonuses": Documented(
        "Bonuses of the last year that are over, at most 500, what ended last comes first.",
        {"username": text("all players' without it")}, (),
        obj({"bonuses": array(obj({
            **_BONUS, "removalDate": _TIME_OR_NULL,
            "removalReason": text(enum=["completed", "converted", "expired", "removed", "forfeited"]),
        }))}),
    ),
    "playerLimits": Documented("Limits in force, used so far, pending.", {"username": _USERNAME}, ("username",), _LIMITS),
    "freeSpinBetValues": Documented(
        "Stakes of free spins that all the games have in common, ascending.",
        {"gameCodes": text("apart by commas"), "currency": text("the base currency without it")},
        ("gameCodes",),
        obj({"betValues": array(text("plain decimal"))}),
    ),
    **REPORTS,
})  # fmt: skip

_ERROR = obj({
    "requestId": maybe(),
    "error": obj(
        {
            "code": text(enum=[code.value for code in ErrorCode]),
            "description": text("for people"),
            "field": text("the member that is wrong"),
            "tags": array(obj({
                "name": text(), "value": Schema(type=[OpenAPIType.NUMBER, OpenAPIType.STRING, OpenAPIType.NULL]),
            }), description="ERR_TAG_EXPECTATION_FAILED: what the tags with an expectation are"),
        },
        ("code", "description"),
    ),
})  # fmt: skip
_STATUSES = {
    "400": "the request is not valid; `field` says where",
    "401": "the key is missing or unknown, or its agent switched off",
    "403": "the caller's address is not on the agent's list",
    "404": "no such player, game, bonus or round",
    "409": "the state of things does not allow it, or the requestId came with other data before",
    "413": "the body is over 1 MiB",
    "429": "too many calls; Retry-After says when",
    "500": "the hub failed; the description has a reference",
}
_PART = re.compile(r"\{(\w+):")
_REQUEST_ID = text("the same one again gives the first answer; with other data 409", max_length=128)


def operation_of(method: str, name: str) -> type[Operation]:
    """The operation class that documents a write (POST) or a read (GET)."""
    known = (WRITES if method == "POST" else READS)[name]
    request_id = text("the request's") if method == "POST" else Schema(type=OpenAPIType.NULL)

    @dataclass
    class Call(Operation):
        def __post_init__(self) -> None:
            self.description = known.description
            if method == "POST":
                members = obj({"requestId": _REQUEST_ID, **known.members}, ("requestId", *known.required))
                self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=members)}, required=True)
            else:
                self.parameters = [
                    Parameter(name=member, param_in="query", schema=schema, required=member in known.required)
                    for member, schema in known.members.items()
                ]
                self.parameters += [
                    Parameter(name=part, param_in="path", schema=text(), required=True) for part in _PART.findall(name)
                ]
            done = _response("done", obj({"requestId": request_id, "data": known.data}))
            if known.csv and done.content is not None:
                done.content["text/csv"] = OpenAPIMediaType(
                    schema=text("X-Total-Count and X-Next-Page tell of the pages")
                )
            self.responses = {"200": done}
            self.responses |= {status: _response(meaning, _ERROR) for status, meaning in _STATUSES.items()}

    return Call


def _response(description: str, schema: Schema) -> OpenAPIResponse:
    return OpenAPIResponse(description=description, content={"application/json": OpenAPIMediaType(schema=schema)})
