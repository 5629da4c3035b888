"""What the OpenAPI document says of `/wallet/*`, which the web framework does not see."""

from collections.abc import Mapping
from typing import Final

from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
)

_TAG: Final = "wallet protocol"
_TEXT, _WHOLE = Schema(type=OpenAPIType.STRING), Schema(type=OpenAPIType.INTEGER)
_MONEY: Final = Schema(type=[OpenAPIType.NUMBER, OpenAPIType.STRING], description="exact decimal in the studio's unit")
_FLAG: Final = Schema(type=[OpenAPIType.BOOLEAN, OpenAPIType.NULL])
_TOKEN: Final = Schema(type=[OpenAPIType.STRING, OpenAPIType.NULL], max_length=50)
_TYPE: Final = Schema(type=OpenAPIType.STRING, enum=["BET", "WIN", "REFUND"])
_STATUS: Final = Schema(type=OpenAPIType.STRING, enum=["OK", "ERROR", "CANCELED"])
_OBJECT: Final = Schema(type=OpenAPIType.OBJECT)

# command: (what it is, members of data, members of the answer's data); a trailing ? is an optional member.
_COMMANDS: Final[Mapping[str, tuple[str, Mapping[str, Schema], Mapping[str, Schema]]]] = {
    "authenticate": (
        "Who plays in a session, and with what balance",
        {"token": Schema(type=OpenAPIType.STRING, min_length=20, max_length=50)},
        {
            "user_id": _TEXT, "user_name": _TEXT, "display_name?": _TEXT, "user_country": _TEXT, "balance": _MONEY,
            "currency_code": _TEXT,
        },
    ),
    "balance": (
        "What the player may stake now",
        {"token": _TEXT, "user_id": _TEXT, "currency_code": _TEXT},
        {"balance": _MONEY, "currency_code": _TEXT},
    ),
    "changebalance": (
        "A stake (BET), what a round paid (WIN), or stakes given back (REFUND)",
        {
            "token": _TOKEN, "user_id": _TEXT, "transaction_type": _TYPE, "transaction_id": _WHOLE, "round_id": _WHOLE,
            "round_finished?": _FLAG, "game_id": _WHOLE, "currency_code": _TEXT, "amount": _MONEY,
            "transaction_timestamp?": _TEXT, "context?": _OBJECT,
        },
        {"balance": _MONEY, "currency_code": _TEXT},
    ),
    "status": (
        "What became of a transaction",
        {"user_id": _TEXT, "transaction_id": _WHOLE, "transaction_type": _TYPE, "round_id": _WHOLE},
        {"user_id": _TEXT, "transaction_id": _WHOLE, "transaction_status": _STATUS},
    ),
    "cancel": (
        "Undo a transaction, whether or not it ever arrived",
        {"user_id": _TEXT, "transaction_id": _WHOLE, "round_id": _WHOLE, "round_finished?": _FLAG, "game_id": _WHOLE},
        {"user_id": _TEXT, "transaction_id": _WHOLE, "transaction_status": _STATUS},
    ),
    "finishround": (
        "No more transactions are expected in a round",
        {"round_id": _WHOLE, "user_id": _TEXT, "game_id": _WHOLE},
        {"round_id": _WHOLE, "user_id": _TEXT, "game_id": _WHOLE},
    ),
}  # fmt: skip


def paths() -> dict[str, PathItem]:
    """The operations, by path."""
    documented = {f"/wallet/{command}": PathItem(post=_operation(command)) for command in _COMMANDS}
    pong = OpenAPIResponse("PONG", content={"text/plain": OpenAPIMediaType(schema=_TEXT)})
    ping = Operation(tags=[_TAG], summary="Is it there?", operation_id="wallet_ping", responses={"200": pong})
    return documented | {"/wallet/ping": PathItem(get=ping)}


def _operation(command: str) -> Operation:
    summary, asked, told = _COMMANDS[command]
    request = {
        "command": Schema(type=OpenAPIType.STRING, enum=[command]),
        "request_timestamp": Schema(type=OpenAPIType.STRING, description="UTC, YYYY-MM-DD HH:MM:SS"),
        "hash": Schema(type=OpenAPIType.STRING, description="sha1(command + request_timestamp + secret)"),
        "data": _members(asked),
    }
    response = {
        "status": Schema(type=OpenAPIType.STRING, enum=["OK", "ERROR"]),
        "response_timestamp": _TEXT,
        "hash": Schema(type=OpenAPIType.STRING, description="sha1(status + response_timestamp + secret)"),
        "data": Schema(one_of=[_members(told), _members({"error_code": _TEXT, "error_message": _TEXT})]),
    }
    answer = _members({"request": Schema(description="the request as it came"), "response": _members(response)})
    return Operation(
        tags=[_TAG],
        summary=summary,
        operation_id=f"wallet_{command}",
        parameters=[
            Parameter("X-Authorization", "header", required=True, schema=_TEXT, description="sha1(command + secret)"),
            Parameter("X-Operator-Id", "header", required=True, schema=_TEXT, examples={"house": Example(value="house")}),
        ],
        request_body=RequestBody(_json(_members(request)), required=True),
        responses={
            "200": OpenAPIResponse("OK or ERROR, in the envelope", content=_json(answer)),
            "403": OpenAPIResponse("Access denied: the headers or the address are not a studio's"),
            "413": OpenAPIResponse("The body is over 1 MiB"),
            "503": OpenAPIResponse("Overloaded; try again after Retry-After seconds"),
        },
    )  # fmt: skip


def _json(schema: Schema) -> dict[str, OpenAPIMediaType]:
    return {"application/json": OpenAPIMediaType(schema=schema)}


def _members(members: Mapping[str, Schema]) -> Schema:
    required = [name for name in members if not name.endswith("?")]
    named: dict[str, Reference | Schema] = {name.removesuffix("?"): schema for name, schema in members.items()}
    return Schema(type=OpenAPIType.OBJECT, properties=named, required=required)
