"""What the OpenAPI document says of the event API."""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from pitboss.domain.events.game_selection import COUNTS, MAX_PER_PAGE, MONEY
from pitboss.domain.events.rules import FREESPINS, GENDERS, MAX_ID
from pitboss.wire.event_api import MAX_ITEMS

_WHOLE = Schema(type=OpenAPIType.INTEGER)
_BOOL = Schema(type=OpenAPIType.BOOLEAN)


def text(description: str = "", **more: object) -> Schema:
    """A string."""
    return Schema(type=OpenAPIType.STRING, description=description or None, **more)  # type: ignore[arg-type]


def maybe(schema: OpenAPIType, description: str = "", **more: object) -> Schema:
    """A value or null."""
    return Schema(type=[schema, OpenAPIType.NULL], description=description or None, **more)  # type: ignore[arg-type]


def record(members: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object; all members are required but for those named."""
    required = [name for name in members if name not in optional]
    return Schema(type=OpenAPIType.OBJECT, properties=dict(members), required=required)


def listing(item: Schema, **more: object) -> Schema:
    """An array."""
    return Schema(type=OpenAPIType.ARRAY, items=item, **more)  # type: ignore[arg-type]


def response(description: str, schema: Schema | None = None) -> OpenAPIResponse:
    """An answer, with a JSON body or without."""
    content = {"application/json": OpenAPIMediaType(schema=schema)} if schema is not None else None
    return OpenAPIResponse(description=description, content=content)


_ID = text(min_length=1, max_length=MAX_ID)
_TIME = text("ISO 8601 with an offset; at most 24 h ahead", format="date-time")
_AMOUNT = Schema(type=OpenAPIType.NUMBER, minimum=0, description="exact decimal, at most the currency's decimals")
_CURRENCY = text("ISO 4217, or one of the tenant's")
_TEXT_OR_NULL = maybe(OpenAPIType.STRING)
_FLAG_OR_NULL = maybe(OpenAPIType.BOOLEAN)
_LIST_OR_NULL = Schema(type=[OpenAPIType.ARRAY, OpenAPIType.NULL], items=text())
_HEAD = {"unique_id": _ID, "timestamp": _TIME}
_PAYMENT = {**_HEAD, "player_id": _ID, "amount": _AMOUNT, "currency": _CURRENCY, "method": text(min_length=1)}
PLAYER_PROFILE = {
    "username": _TEXT_OR_NULL, "registration_date": maybe(OpenAPIType.STRING, format="date-time"), "country": _TEXT_OR_NULL,
    "currency": _TEXT_OR_NULL, "gender": maybe(OpenAPIType.STRING, enum=[*GENDERS, None]), "affiliate": _TEXT_OR_NULL,
    "operator": _TEXT_OR_NULL, "tags": _LIST_OR_NULL, "consent_email": _FLAG_OR_NULL, "is_blocked": _FLAG_OR_NULL,
}  # fmt: skip
GAME_PROFILE = {
    "name": _TEXT_OR_NULL, "provider": _TEXT_OR_NULL, "categories": _LIST_OR_NULL, "features": _LIST_OR_NULL,
    "themes": _LIST_OR_NULL, "device": _TEXT_OR_NULL, "has_freespins": maybe(OpenAPIType.STRING, enum=[*FREESPINS, None]),
}  # fmt: skip


def _kind(name: str, members: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return record({"event": Schema(const=name), "data": record(members, optional)})


ITEM = Schema(
    one_of=[
        _kind(
            "gameround",
            {
                **_HEAD, "player_id": _ID, "game_id": _ID, "round_id": _ID, "amount": _AMOUNT, "currency": _CURRENCY,
                "is_win": _BOOL, "is_bonus": _BOOL,
                "corrects": maybe(OpenAPIType.STRING, "unique_id of the event this one takes back as a whole"),
            },
            ("corrects",),
        ),
        _kind("deposit", {**_PAYMENT, "amount_eur": maybe(OpenAPIType.NUMBER, minimum=0)}, ("amount_eur",)),
        _kind("withdraw", _PAYMENT),
        _kind("player", {**_HEAD, "player_id": _ID, **PLAYER_PROFILE}, tuple(PLAYER_PROFILE)),
        _kind("game", {**_HEAD, "game_id": _ID, **GAME_PROFILE}, tuple(GAME_PROFILE)),
        _kind("login", {**_HEAD, "player_id": _ID}),
    ]
)  # fmt: skip
_FIELD = {"field": text(), "message": text("for people")}
_UNIQUE_ID = maybe(OpenAPIType.STRING)
ERRORS = record({
    "errors": listing(
        record({"index": maybe(OpenAPIType.INTEGER, "from 0"), "unique_id": _UNIQUE_ID, **_FIELD}), max_items=100
    )
})  # fmt: skip
_JUDGED = record({
    "accepted": _WHOLE, "duplicates": _WHOLE,
    "rejected": listing(record({"index": _WHOLE, "unique_id": _UNIQUE_ID, "errors": listing(record(_FIELD))})),
})  # fmt: skip


@dataclass
class Ingestion(Operation):
    """POST /api/v1/events."""

    def __post_init__(self) -> None:
        """The whole operation."""
        body = record({"items": listing(ITEM, max_items=MAX_ITEMS)})
        self.request_body = RequestBody(content={"application/json": OpenAPIMediaType(schema=body)}, required=True)
        self.parameters = [
            Parameter(
                name="Prefer", param_in="header", schema=text(),
                description="handling=lenient: each item is judged by itself, and told about (200, 207)",
            ),
            Parameter(name="Content-Encoding", param_in="header", schema=text(enum=["gzip", "zstd", "identity"])),
        ]  # fmt: skip
        self.responses = {
            "204": response("all of the batch is stored, durably"),
            "200": response("lenient handling: nothing was rejected", _JUDGED),
            "207": response("lenient handling: some items were rejected", _JUDGED),
            "403": response("the key is missing or unknown", ERRORS),
            "413": response("over 10,000 items or 16 MiB (unpacked)", ERRORS),
            "415": response("an unknown Content-Encoding", ERRORS),
            "422": response("nothing of the batch was stored: what is wrong with it, the first 100", ERRORS),
            "429": response("over the tenant's rate, or the process is busy: Retry-After says when", ERRORS),
            "510": response(
                "these could not be stored: send the whole batch again", record({"unique_ids": listing(text())})
            ),
        }


COMMON: dict[str, Any] = {"tags": ["event API"], "security": [{"eventsKey": []}], "media_type": "application/json"}
DIMENSIONS = ("categories", "features", "themes", "device", "provider", "has_freespins")
_MONEY = text("plain decimal, no exponent")
_PLAYED = {
    "currency": text(), "bets": _WHOLE, "turnover": _MONEY, "wins": _WHOLE, "winnings": _MONEY, "ggr": _MONEY,
    "bonus_turnover": _MONEY, "bonus_winnings": _MONEY,
}  # fmt: skip
_WHEN = maybe(OpenAPIType.STRING, format="date-time")
_SEEN = {"first_seen": _WHEN, "last_seen": _WHEN}
_PLAYER = record({
    "player_id": text(), "profile": record(PLAYER_PROFILE), **_SEEN, "last_login": _WHEN,
    "figures": listing(record({
        **_PLAYED, "deposits": _WHOLE, "deposited": _MONEY, "withdrawals": _WHOLE, "withdrawn": _MONEY,
    })),
    "favourite_games": listing(record(
        {"game_id": text(), "bets": _WHOLE, "turnover": _MONEY, "currency": text("where the player has several")}, ("currency",)
    )),
})  # fmt: skip
_GAME = record({
    "game_id": text(), "profile": record(GAME_PROFILE), **_SEEN, "players": _WHOLE,
    "figures": listing(record({**_PLAYED, "players": _WHOLE})),
})  # fmt: skip
_READ = {
    "403": response("the key is missing or unknown", ERRORS),
    "429": response("too many calls: Retry-After says when", ERRORS),
    "503": response("the database is away", ERRORS),
}
_WRONG = {"422": response("a parameter is wrong: which", ERRORS)}
_UNKNOWN = {"404": response("nobody has heard of it", ERRORS)}


def _query(name: str, schema: Schema, description: str) -> Parameter:
    return Parameter(name=name, param_in="query", schema=schema, description=description)


def _many(name: str, description: str) -> Parameter:
    return _query(name, listing(text()), f"{description}; several times for any of them")


@dataclass
class Stream(Operation):
    """GET /api/v1/events."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.description = (
            "The raw stream: every event once, in the order of commits. None is ever skipped behind a cursor."
        )
        self.parameters = [
            _query("after", text(), "the `next` of the last answer; from the oldest event that is kept without it"),
            _query("limit", Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=10_000, default=1_000), "at most so many"),
        ]  # fmt: skip
        body = record({"items": listing(ITEM), "next": text("where to go on"), "more": _BOOL})
        self.responses = {"200": response("the next events", body), **_WRONG, **_READ}


@dataclass
class PlayerInsight(Operation):
    """GET /api/v1/insights/players/{player_id}."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "playerInsight"
        self.responses = {"200": response("all that was answered 204 is in it", _PLAYER), **_UNKNOWN, **_READ}


@dataclass
class GameInsight(Operation):
    """GET /api/v1/insights/games/{game_id}."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "gameInsight"
        self.responses = {"200": response("all that was answered 204 is in it", _GAME), **_UNKNOWN, **_READ}


@dataclass
class GameSelection(Operation):
    """GET /api/v1/insights/games."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "selectGames"
        figures = sorted(COUNTS | MONEY)
        self.parameters = [
            _many("category", "games in this category"), _many("feature", "with this feature"), _many("theme", "with this theme"),
            _many("device", "for this device"), _many("provider", "of this provider"), _many("has_freespins", "yes, no, unknown"),
            _query("q", text(), "in the name or the id, in any case"),
            _query("currency", text(), "figures of this currency alone; required where money is compared"),
            *(_query(f"{side}_{figure}", text(), f"{words} so much") for figure in figures for side, words in _SIDES),
            _query("sort", text(enum=["game_id", *figures, *(f"-{figure}" for figure in figures)]), "- for the largest first"),
            _query("page", Schema(type=OpenAPIType.INTEGER, minimum=1, default=1), "which page"),
            _query("per_page", Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=MAX_PER_PAGE, default=50), "games on a page"),
        ]  # fmt: skip
        body = record({"total": _WHOLE, "page": _WHOLE, "per_page": _WHOLE, "items": listing(_GAME)})
        self.responses = {"200": response("the games that fit", body), **_WRONG, **_READ}


_SIDES = (("min", "at least"), ("max", "at most"))


@dataclass
class Dimensions(Operation):
    """GET /api/v1/insights/dimensions."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "dimensions"
        values = listing(record({"value": text(), "games": _WHOLE}))
        body = record(dict.fromkeys(DIMENSIONS, values))
        self.responses = {"200": response("the values games are said to have", body), **_WRONG, **_READ}


_FILTER = Schema(
    type=OpenAPIType.OBJECT, description="all, any, not, or a condition; docs/events.md lists what there is"
)
_SEGMENT_ERRORS = {"413": response("the body is over 256 KiB", ERRORS), **_WRONG, **_READ}


def _segment_body(more: dict[str, Schema]) -> RequestBody:
    schema = record({"filter": _FILTER, **more}, tuple(more))
    return RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)}, required=True)


@dataclass
class SegmentCount(Operation):
    """POST /api/v1/insights/segments/count."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "countSegment"
        self.request_body = _segment_body({})
        self.responses = {"200": response("how many players fit", record({"players": _WHOLE})), **_SEGMENT_ERRORS}


@dataclass
class SegmentPlayers(Operation):
    """POST /api/v1/insights/segments/players."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "listSegment"
        limit = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=10_000, default=1_000)
        self.request_body = _segment_body({"after": text("the `next` of the last answer"), "limit": limit})
        player = record({"player_id": text(), "profile": record(PLAYER_PROFILE)})
        body = record({"items": listing(player), "next": maybe(OpenAPIType.STRING, "null: there are no more")})
        self.responses = {"200": response("the next players that fit, by id", body), **_SEGMENT_ERRORS}


@dataclass
class SegmentExport(Operation):
    """POST /api/v1/insights/segments/export."""

    def __post_init__(self) -> None:
        """The whole operation."""
        self.operation_id = "exportSegment"
        self.request_body = _segment_body({})
        csv = OpenAPIResponse(
            description="all players that fit, as CSV", content={"text/csv": OpenAPIMediaType(schema=text())}
        )
        self.responses = {"200": csv, **_SEGMENT_ERRORS}
