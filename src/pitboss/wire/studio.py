"""The studio protocol's words, the hub's side: signed commands out, verified answers in, round logs (the contract, "What a
studio may offer the hub beyond the wallet protocol").

The envelope is the wallet protocol's. No number passes through a float.
"""

import hmac
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec
from msgspec import Raw, Struct

from pitboss.wire.wallet import OpCode, sign_header, sign_request, sign_response

MAX_ANSWER: Final = 1 << 20
"""Bytes of an answer; a list of games may have more."""
MAX_GAMES: Final = 64 << 20
LOG_TYPES: Final = ("nodata", "iframe", "hand", "roulette", "dice", "table")
MAX_DEPTH: Final = 50
_CODE = re.compile(r"[A-Z0-9_]{1,20}")
_MAX_TEXT = 20_000


class BadAnswer(ValueError):
    """The studio's bytes are no valid, signed answer, or not what the command asks for. The message holds nothing of theirs."""


class StudioError(Exception):
    """The studio answered ERROR, properly signed; `code` is its error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def headers(command: str, operator_id: str, secret: str) -> dict[str, str]:
    """What every command carries: the hub is the studio's operator."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "X-Authorization": sign_header(command, secret),
        "X-Operator-Id": operator_id,
    }


def compose(command: str, data: Mapping[str, object], stamp: str, secret: str) -> bytes:
    """The signed body. `stamp` is UTC, `Y-m-d H:i:s`; exact numbers in `data` are given as Raw (see `number`)."""
    return msgspec.json.encode(
        {"command": command, "request_timestamp": stamp, "hash": sign_request(command, stamp, secret), "data": data}
    )


def number(digits: str) -> Raw:
    """A JSON number with exactly these digits (an id, or a plain decimal)."""
    return Raw(digits.encode("ascii"))


class _Response(Struct, frozen=True):
    status: str
    response_timestamp: str
    hash: str
    data: Raw = Raw(b"null")


class _Answer(Struct, frozen=True):
    response: _Response


class _Error(Struct, frozen=True):
    error_code: str = OpCode.INTERNAL


_ANSWER = msgspec.json.Decoder(_Answer)
_ERROR = msgspec.json.Decoder(_Error)
_ANY = msgspec.json.Decoder(float_hook=Decimal)


def read_answer(body: bytes, secret: str) -> Raw:
    """The `data` of an OK. Raises StudioError for a signed ERROR, BadAnswer for all that cannot be trusted."""
    try:
        response = _ANSWER.decode(body).response
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadAnswer("is not the protocol's envelope") from None
    expected = sign_response(response.status, response.response_timestamp, secret)
    if not hmac.compare_digest(expected.encode(), response.hash.encode("utf-8", "surrogatepass")):
        raise BadAnswer("has a hash that does not hold")
    if response.status == "OK":
        return response.data
    if response.status != "ERROR":
        raise BadAnswer("has a status that is neither OK nor ERROR")
    try:
        code = _ERROR.decode(response.data).error_code
    except (msgspec.DecodeError, RecursionError):
        code = OpCode.INTERNAL
    raise StudioError(code if _CODE.fullmatch(code) else OpCode.INTERNAL)


def members(data: Raw) -> dict[str, object]:
    """`data` as an object, numbers with a point as Decimals; null is an empty one. Raises BadAnswer."""
    try:
        value = _ANY.decode(data)
    except (msgspec.DecodeError, ArithmeticError, RecursionError):
        raise BadAnswer("has data that cannot be read") from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadAnswer("has data that is no object")
    return value


class _Games(Struct, frozen=True):
    games: Raw


_GAMES = msgspec.json.Decoder(_Games)


def games_of(data: Raw) -> bytes:
    """The list of games in the answer to `games`: the bytes `provider games import` reads. Raises BadAnswer."""
    content = bytes(data).strip()
    if content[:1] == b"[":
        return content
    try:
        return bytes(_GAMES.decode(content).games)
    except (msgspec.DecodeError, RecursionError):
        raise BadAnswer("holds no list of games") from None


class Hand(Struct, frozen=True):
    """One hand of a card game."""

    title: str
    cards: tuple[str, ...]
    result: str


class Pocket(Struct, frozen=True):
    """Where a roulette ball fell."""

    number: str
    color: str
    even_odd: str


class Row(Struct, frozen=True):
    """A line of a table."""

    key: str
    value: str


class RoundLog(Struct, frozen=True):
    """A round as its studio tells it. `document`: all that the studio said, as it said it, for type json; `page`: the URL of a page
    that shows the round, for type url."""

    log_type: str = "nodata"
    url: str = ""
    game_name: str = ""
    game_result: str = ""
    hands: tuple[Hand, ...] = ()
    pockets: tuple[Pocket, ...] = ()
    dices: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    document: Raw = Raw(b"{}")
    page: str | None = None


def read_round_log(data: Raw) -> RoundLog:
    """The answer to `roundlog`. Raises BadAnswer, which names the member."""
    said = members(data)
    log_type = _text(said, "log_type") or "nodata"
    if log_type not in LOG_TYPES:
        raise BadAnswer("has an unknown log_type")
    kind = _text(said, "type") or "json"
    url = _text(said, "url")
    if kind not in ("json", "url"):
        raise BadAnswer("has an unknown type")
    if url and not url.startswith(("https://", "http://")):
        raise BadAnswer("has a url that is none")
    if (kind == "url" or log_type == "iframe") and not url:
        raise BadAnswer("has no url")
    return RoundLog(
        log_type=log_type,
        url=url,
        game_name=_text(said, "game_name"),
        game_result=_text(said, "game_result"),
        hands=tuple(
            Hand(_text(item, "title"), _texts(item, "cards"), _text(item, "result")) for item in _objects(said, "hands")
        ),
        pockets=tuple(
            Pocket(_text(item, "number"), _text(item, "color"), _text(item, "evenOdd") or _text(item, "even_odd"))
            for item in _objects(said, "pockets")
        ),
        dices=_texts(said, "dices"),
        rows=tuple(Row(_text(item, "key"), _text(item, "value")) for item in _objects(said, "rows")),
        document=Raw(msgspec.json.encode({name: _exact(value) for name, value in said.items() if name != "type"})),
        page=url if kind == "url" else None,
    )


class GrantStatus(Struct, frozen=True):
    """How far a campaign is. `info` is the studio's own JSON text."""

    played: int
    remaining: int
    state: str
    info: str


def read_grant_status(data: Raw) -> GrantStatus:
    """The answer to `grantstatus` and `cancelgrant`. Raises BadAnswer."""
    said = members(data)
    info = msgspec.json.encode(_exact(said.get("info"))).decode()
    return GrantStatus(_count(said, "played"), _count(said, "remaining"), _text(said, "state"), info)


def read_campaign_id(data: Raw) -> str:
    """The answer to `grant`. Raises BadAnswer."""
    campaign_id = _text(members(data), "campaign_id")
    if not campaign_id:
        raise BadAnswer("has no campaign_id")
    return campaign_id


def read_values(data: Raw) -> tuple[str, ...]:
    """The answer to `betvalues`: amounts in the studio's unit, as plain text. Raises BadAnswer."""
    content = bytes(data).strip()
    said = members(Raw(b'{"values":' + content + b"}") if content[:1] == b"[" else data)
    return _texts(said, "values")


def _count(said: Mapping[str, object], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadAnswer(f"has no {name} that is a count")
    return value


def _text(said: Mapping[str, object], name: str) -> str:
    return _as_text(said.get(name), name)


def _as_text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not isinstance(value, str) or len(value) > _MAX_TEXT:
        raise BadAnswer(f"has a {name} that is no text")
    return value


def _texts(said: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = said.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadAnswer(f"has {name} that are no list")
    return tuple(_as_text(item, name) for item in value)


def _objects(said: Mapping[str, object], name: str) -> list[dict[str, object]]:
    value = said.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise BadAnswer(f"has {name} that are no list of objects")
    return value


def _exact(value: object) -> object:
    """The same to be encoded again: Decimals as numbers with their digits."""
    if isinstance(value, Decimal):
        return number(format(value, "f") if abs(value.adjusted()) <= MAX_DEPTH else str(value).replace("+", ""))
    if isinstance(value, dict):
        return {name: _exact(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_exact(inner) for inner in value]
    return value
