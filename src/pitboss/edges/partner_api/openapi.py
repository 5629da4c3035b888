"""What the OpenAPI document says of each operation: members of the request, the data, the errors by status."""

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

from pitboss.wire.partner_api import ErrorCode


def text(description: str = "", **more: object) -> Schema:
    """A string."""
    return Schema(type=OpenAPIType.STRING, description=description or None, **more)  # type: ignore[arg-type]


def maybe(description: str = "") -> Schema:
    """A string, or null."""
    return Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL], description=description or None)


def obj(members: Mapping[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """An object; all members are required unless said otherwise."""
    return Schema(
        type=OpenAPIType.OBJECT, properties=dict(members), required=list(members if required is None else required)
    )


def array(item: Schema, **more: object) -> Schema:
    """A list."""
    return Schema(type=OpenAPIType.ARRAY, items=item, **more)  # type: ignore[arg-type]


_NUMBER_OR_TEXT = Schema(type=[OpenAPIType.NUMBER, OpenAPIType.STRING])
_WHOLE, _BOOL = Schema(type=OpenAPIType.INTEGER), Schema(type=OpenAPIType.BOOLEAN)
_USERNAME = text("the player")
_TAG = {"name": text(max_length=100), "value": _NUMBER_OR_TEXT}


@dataclass(frozen=True, slots=True)
class Documented:
    """An operation as the document shows it. `members`: of the body, or parameters of the query."""

    description: str
    members: Mapping[str, Schema]
    required: tuple[str, ...]
    data: Schema


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
    "logout": Documented(
        "Ends the player's sessions, by username or by sessionToken that one; open games are told within two seconds.",
        {"username": maybe("all sessions of the player"), "sessionToken": maybe("this session")},
        (),
        obj({"sessions": _WHOLE}),
    ),
})  # fmt: skip
READS: Mapping[str, Documented] = MappingProxyType({
    "freeSpinBetValues": Documented(
        "Stakes of free spins that all the games have in common, ascending.",
        {"gameCodes": text("apart by commas"), "currency": text("the base currency without it")},
        ("gameCodes",),
        obj({"betValues": array(text("plain decimal"))}),
    ),
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
            self.responses = {"200": _response("done", obj({"requestId": request_id, "data": known.data}))}
            self.responses |= {status: _response(meaning, _ERROR) for status, meaning in _STATUSES.items()}

    return Call


def _response(description: str, schema: Schema) -> OpenAPIResponse:
    return OpenAPIResponse(description=description, content={"application/json": OpenAPIMediaType(schema=schema)})
