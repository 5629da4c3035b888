"""What the OpenAPI document says of each call: members of the request, the result, the errors by status."""

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

from pitboss.wire.agent_api import ErrorCode


def _text(description: str = "", **more: object) -> Schema:
    return Schema(type=OpenAPIType.STRING, description=description or None, **more)  # type: ignore[arg-type]


def _object(members: Mapping[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    return Schema(
        type=OpenAPIType.OBJECT, properties=dict(members), required=list(members if required is None else required)
    )


def _list(item: Schema) -> Schema:
    return Schema(type=OpenAPIType.ARRAY, items=item)


_BOOL, _WHOLE = Schema(type=OpenAPIType.BOOLEAN), Schema(type=OpenAPIType.INTEGER)
_AMOUNT = _text("plain decimal, no exponent")
_ID = _text("32 hex digits, time-ordered")
_TIME = _text("RFC 3339")
_USERNAME = _text("4 to 30 of a-z and 0-9", pattern="^[a-z0-9]{4,30}$")
_CURRENCY = _text("ISO 4217, or a custom code")
_CATEGORY = _object({"id": _text(), "label": _text()})
_SIDE = _object({"txId": _ID, "beforeBalance": _AMOUNT, "afterBalance": _AMOUNT})
_OPTIONAL_TEXT = Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL])


def _maybe(description: str) -> Schema:
    return Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL], description=description)


_TRANSFER = {
    "username": _text("the player"), "amount": _text("plain decimal > 0 in a string"), "currency": _CURRENCY,
    "requestId": _maybe("the same one again gives the first answer; without it a retry is not safe"),
}  # fmt: skip
_TRANSFER_RESULT = _object({"txId": _ID, "currency": _CURRENCY, "agent": _SIDE, "player": _SIDE})
_LAUNCH = {
    "username": _text("the player"), "isMobile": _BOOL, "gameId": _text("as games lists it"), "currency": _CURRENCY,
    "playerIp": _text("IPv4 or IPv6"), "lang": _maybe("language, default en"),
    "lobbyUrl": _maybe("http or https, where the game's lobby button leads"),
    "cashierUrl": _maybe("http or https, where its deposit button leads"),
}  # fmt: skip
_HISTORY = {
    "username": _maybe("one player; all of the agent's without it"), "gameId": _maybe("one game"),
    "roundId": _maybe("one round"), "from": _maybe("RFC 3339, any offset"), "to": _maybe("RFC 3339, any offset"),
    "paginate": _object({
        "page": Schema(type=OpenAPIType.INTEGER, minimum=1, default=1),
        "perPage": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=1000, default=30),
    }, ()),
}  # fmt: skip
_HISTORY_ITEM = {
    "id": _ID, "provider": _object({"id": _text(), "name": _text()}),
    "userInGame": _object({
        "userInGame": _text("playerId-CURRENCY"), "playerId": _text(), "agentId": _WHOLE, "agentPrefix": _text(),
        "currency": _text("what the studio counts in"), "username": _text(),
    }),
    "game": _object({"gameId": _text(), "name": _text(), "category": _text()}), "roundId": _text("the studio's"),
    "walletTxId": _text("the hub's; for a seamless agent the integer its wallet was sent"), "providerTxId": _text("the studio's"),
    "txType": _object({
        "id": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=7), "flag": _text("details, what a person may look at"),
        "label": _text("Bet, Settle, Refund, Cancel, Free round bet, Free round settle, Jackpot"),
    }),
    "walletBeforeBalance": _AMOUNT, "walletAfterBalance": _AMOUNT, "receivedAt": _TIME,
}  # fmt: skip


def _history_result(amount: Schema) -> Schema:
    group = _object({"items": _list(_object({**_HISTORY_ITEM, "amount": amount}))})
    return _object({
        "currencyGroup": Schema(type=OpenAPIType.OBJECT, additional_properties=group),
        "paginate": _object({"page": _WHOLE, "perPage": _WHOLE, "next": _BOOL}),
    })  # fmt: skip


def _game_logs_result(money: Mapping[str, Schema]) -> Schema:
    named = _object({"title": _text(), "cards": _list(_text()), "result": _text()})
    pocket = _object({"number": _text(), "color": _text(), "evenOdd": _text()})
    optional = {
        "hands": _list(named), "pockets": _list(pocket), "dices": _list(_text()),
        "rows": _list(_object({"key": _text(), "value": _text()})),
    }  # fmt: skip
    always = {
        "providerId": _text(), "gameType": _text("the category's label"), "gameName": _text(), "roundId": _text("the studio's"),
        "result": _object({
            "logType": _text("which members tell the round", enum=["nodata", "iframe", "hand", "roulette", "dice", "table"]),
            "url": _text("a page that shows the round"), "gameName": _text(), "gameResult": _text(),
        }),
        "transactions": _list(_object({
            "id": _text("the studio's"), "type": _text("as history labels it"), **money, "beforeBalance": _AMOUNT,
            "afterBalance": _AMOUNT, "createdAt": _TIME,
        })),
    }  # fmt: skip
    return _object({**always, **optional}, tuple(always))


_REPORT_LINE = {
    "playerWinLoss": _text("wins less bets, without free rounds"), "validTurnOver": _text("bets that stood"),
    "agentWinLoss": _text("-playerWinLoss times the agent's share with each provider"),
    "agentCommission": _text("validTurnOver times the commission rate"),
    "agentContribution": _text("-validTurnOver times the contribution rate"),
    "playerFreeRound": _text("what free rounds won"), "freeRoundCount": _WHOLE, "timestamp": _text("RFC 3339, an hour's beginning"),
}  # fmt: skip


def _daily_report(required: tuple[str, ...]) -> "Documented":
    members = {**_HISTORY, "username": _text("the player")}
    if required:
        members |= {name: _text("RFC 3339, any offset; in whole quarters of an hour") for name in required}
    return Documented(members, ("username", *required), _object({
        "items": _list(_object(_REPORT_LINE)),
        "paginate": _object({"page": _WHOLE, "perPage": _WHOLE, "next": Schema(type=OpenAPIType.INTEGER, enum=[0, 1])}),
    }))  # fmt: skip


_ROUND = {
    "gameId": _text("as games lists it"),
    "username": _text("the player"),
    "roundId": _text("as history tells it"),
}
_GAME = {"id": _text(), "name": _text(), "logoUrl": _text(), "category": _CATEGORY}
_PROVIDER = {"id": _text(), "name": _text(), "logoUrl": _text(), "active": _BOOL, "online": _BOOL}
_OBJECT_OR_NULL = Schema(type=[OpenAPIType.OBJECT, OpenAPIType.NULL])


def _items(item: Mapping[str, Schema]) -> Schema:
    return _object({"items": _list(_object(item))})


@dataclass(frozen=True, slots=True)
class Documented:
    """A call as the document shows it; `result` None: its answer has none."""

    members: Mapping[str, Schema]
    required: tuple[str, ...]
    result: Schema | None


_STATUS_RESULT = _object({
    "id": _text("playerId"), "username": _text(), "active": _BOOL, "betLimits": _OBJECT_OR_NULL, "createdAt": _TIME,
})  # fmt: skip
_SHARED = {
    "createPlayer": Documented(
        {
            "username": _USERNAME,
            "country": _maybe("ISO 3166 code or English name"),
            "currency": _maybe("one of the agent's"),
        },
        ("username",),
        Schema(type=OpenAPIType.OBJECT),
    ),
    "getPlayerBalance": Documented(
        {"username": _text(), "currency": _CURRENCY},
        ("username", "currency"),
        _object({"balance": _AMOUNT, "currency": _CURRENCY}),
    ),
    "deposit": Documented(_TRANSFER, ("username", "amount", "currency"), _TRANSFER_RESULT),
    "withdraw": Documented(_TRANSFER, ("username", "amount", "currency"), _TRANSFER_RESULT),
}
_LAUNCH_RESULT = _object(
    {
        "type": _text("url"), "url": _text("where the player's browser goes"),
        "token": _text("seamless agents only: what their wallet will be asked with"),
    },
    ("type", "url"),
)  # fmt: skip
_GIFT = {
    "currency": _CURRENCY, "bonusCode": _text("the caller's own, used once; at most 128 characters"),
    "gameId": _text("as games lists it"), "from": _maybe("RFC 3339; now"), "to": _maybe("RFC 3339; as long as the template says"),
    "rounds": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=10_000),
    "betAmount": _text("the value of each stake, one that the studio supports; plain decimal > 0 in a string"),
}  # fmt: skip
_GIFT_REQUIRED = ("currency", "bonusCode", "gameId", "rounds", "betAmount")
_PLAYERS = Schema(type=OpenAPIType.ARRAY, items=_text(), min_items=1, max_items=1_000)


def _gift_result(players: Mapping[str, Schema], given: str | None) -> Schema:
    """`given`: freeRound or freeChip as it answers; None for what getFreeRound and getFreeChip tell."""
    names = (
        (f"{given}Code", f"{given}Id", "startTime", "endTime")
        if given
        else ("freeGameCode", "freeGameId", "startAt", "endAt")
    )
    return _object({
        "id": _ID, "providerId": _text(), "gameId": _text(), **players, "agentId": _WHOLE, "betAmount": _AMOUNT,
        "playerCurrency": _CURRENCY, "providerCurrency": _text("what the studio counts in"), "rounds": _WHOLE,
        names[0]: _text("the campaign_code of the wallet protocol"), names[1]: _text("the studio's; empty until it has answered"),
        names[2]: _TIME, names[3]: _TIME, "createdAt": _TIME, "canceledAt": _text("RFC 3339; 0001-01-01T00:00:00Z: it is not"),
        **({} if given else {"info": _text("the studio's own, JSON in a string; empty when it cannot be learned")}),
    })  # fmt: skip


CALLS: Mapping[str, Mapping[str, Documented]] = MappingProxyType({
    "v1.3": {
        **_SHARED,
        "freeRound": Documented(
            {"username": _text(), **_GIFT}, ("username", *_GIFT_REQUIRED),
            _object({"userInGame": _text(), "freeGameId": _text(), "freeGameCode": _text()}),
        ),
        "getFreeRound": Documented(
            {"currency": _CURRENCY, "username": _text(), "gameId": _maybe("one game"), "from": _maybe("RFC 3339"),
             "to": _maybe("RFC 3339")},
            ("currency", "username"),
            Schema(type=OpenAPIType.OBJECT, description="a member for each provider: houseResult, ppResult, pgResult; null: none"),
        ),
        "cancelFreeRound": Documented(
            {"currency": _CURRENCY, "username": _text(), "gameId": _maybe("one game"),
             "freeRoundId": _maybe("the studio's"), "freeRoundCode": _text("freeGameCode")},
            ("currency", "username", "freeRoundCode"), _object({}),
        ),
        "getPlayerStatus": Documented({"username": _text()}, ("username",), _STATUS_RESULT),
        "games": Documented({"query": _maybe("in id or name")}, (), _items(_GAME)),
        "providers": Documented({}, (), _items({**_PROVIDER, "categories": _list(_CATEGORY)})),
        "launchGame": Documented(_LAUNCH, ("username", "isMobile", "gameId", "currency"), _LAUNCH_RESULT),
        "history": Documented(_HISTORY, (), _history_result(_object({
            "providerCurrency": _CURRENCY, "playerCurrency": _CURRENCY,
            "amount": _object({"providerAmount": _AMOUNT, "playerAmount": _AMOUNT}),
        }))),
        "playerDailyReport": _daily_report(()),
        "gameLogs": Documented(
            {"historyId": _maybe("a history item's id; instead of the other three"), **{
                name: _maybe(f"{schema.description}; required without historyId") for name, schema in _ROUND.items()
            }},
            (),
            _game_logs_result({
                "providerAmount": _AMOUNT, "providerCurrency": _CURRENCY, "walletCurrency": _CURRENCY,
                "agentProviderKeyRevisionID": _text("always empty"),
            }),
        ),
    },
    "v1.6": {
        **_SHARED,
        "freeRound": Documented(
            {"username": _text(), **_GIFT}, ("username", *_GIFT_REQUIRED), _gift_result({"username": _text()}, "freeRound")
        ),
        "getFreeRound": Documented({"id": _ID}, ("id",), _gift_result({"username": _text()}, None)),
        "cancelFreeRound": Documented({"id": _ID}, ("id",), _object({})),
        "freeChip": Documented(
            {"usernames": _PLAYERS, **_GIFT}, ("usernames", *_GIFT_REQUIRED), _gift_result({"usernames": _PLAYERS}, "freeChip")
        ),
        "getFreeChip": Documented(
            {"id": _ID, "username": _text()}, ("id", "username"), _gift_result({"usernames": _PLAYERS}, None)
        ),
        "cancelFreeChip": Documented({"id": _ID}, ("id",), _object({})),
        "setPlayerBetLimits": Documented(
            {"username": _text(), "providerId": _text(), "agentSystemCurrency": _CURRENCY, "categories": _list(_object({
                "category": _text(), "ids": _list(_text("as providers lists them; none: the default again")),
            }))},
            ("username", "providerId", "agentSystemCurrency", "categories"), None,
        ),
        "getPlayerStatus": Documented(
            {"username": _text(), "agentSystemCurrency": _CURRENCY}, ("username", "agentSystemCurrency"), _STATUS_RESULT
        ),
        "games": Documented(
            {"query": _maybe("in id or name"), "providerId": _maybe("as providers lists it")}, (), _items({
                **_GAME, "hasFreeRound": _BOOL, "rtp": _AMOUNT, "activePlayers": _WHOLE,
                "provider": _object({
                    "id": _text(), "name": _text(), "restrictedCountries": _list(_text()), "prohibitedCountries": _list(_text()),
                }),
            })
        ),
        "providers": Documented(
            {"agentSystemCurrency": _maybe("the base currency without it")}, (), _items({
                **_PROVIDER, "categories": _list(_object({
                    "id": _text(), "label": _text(), "betLimits": _list(_object({
                        "id": _text(), "label": _text(), "isDefault": _BOOL, "info": _OBJECT_OR_NULL,
                    })),
                })),
            })
        ),
        "launchGame": Documented(_LAUNCH, ("username", "isMobile", "gameId", "playerIp", "currency"), _LAUNCH_RESULT),
        "history": Documented(_HISTORY, (), _history_result(_object({
            "playerCurrency": _CURRENCY, "settleCurrency": _CURRENCY, "playerToSettleRate": _OPTIONAL_TEXT,
            "amount": _object({"settleAmount": _OPTIONAL_TEXT, "playerAmount": _AMOUNT, "providerAmount": _AMOUNT}),
        }))),
        "playerDailyReport": _daily_report(("from", "to")),
        "gameLogs": Documented(
            {**_ROUND, "from": _maybe("RFC 3339; seven days ago"), "to": _maybe("RFC 3339; now")},
            ("gameId", "username", "roundId"),
            _game_logs_result({
                "providerAmount": _AMOUNT, "providerCurrency": _CURRENCY, "playerAmount": _AMOUNT, "playerCurrency": _CURRENCY,
            }),
        ),
    },
})  # fmt: skip

_ERROR = _object({
    "ok": Schema(const=False),
    "error": _object({"code": _text(enum=[code.value for code in ErrorCode]), "message": _text("for people")}),
})  # fmt: skip
_STATUSES = {
    "401": "the key is missing or unknown",
    "403": "the caller's address is not on the agent's list",
    "404": "the version has no such call",
    "413": "the body is over 1 MiB",
    "429": "too many calls; Retry-After says when",
    "500": "the hub failed; the message has a reference",
}
_FOR_AGENT = Parameter(
    name="X-Agent-Id", param_in="header", description="an agent under the caller's, to act for it", schema=_WHOLE
)


def operation_of(version: str, call: str) -> type[Operation]:
    """The operation class that documents a call of a version."""
    known = CALLS[version][call]
    body = _object(known.members, known.required)
    done = {"ok": Schema(const=True)} | ({} if known.result is None else {"result": known.result})
    outcomes = [_object(done), _ERROR]

    @dataclass
    class Call(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(
                content={"application/json": OpenAPIMediaType(schema=body)}, required=bool(known.required)
            )
            self.parameters = [_FOR_AGENT]
            self.responses = {
                "200": _response("ok true with the result, or false with the error", Schema(one_of=outcomes))
            }
            self.responses |= {status: _response(text, _ERROR) for status, text in _STATUSES.items()}

    return Call


def _response(description: str, schema: Schema) -> OpenAPIResponse:
    return OpenAPIResponse(description=description, content={"application/json": OpenAPIMediaType(schema=schema)})
