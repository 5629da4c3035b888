"""Commands a hub may send the studio (the studio protocol), in the wallet protocol's envelope.

403 without the right headers; 404 for a command the studio does not offer; else HTTP 200 with OK or ERROR: `OP_50`
names what is malformed, `OP_20` is a hash that does not hold, `OP_40` and `OP_41` are said of campaigns alone.
"""

import hmac
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State

from pitboss_studio.catalogue import catalogue, common_bet_values
from pitboss_studio.games.game import Json
from pitboss_studio.money import BadAmount, plain, read_balance
from pitboss_studio.rounds.words import ending
from pitboss_studio.storage import rounds, sessions
from pitboss_studio.studio import Studio
from pitboss_studio.wallet import messages
from pitboss_studio.wallet.messages import BadAnswer, Data
from pitboss_studio.web.grants import cancel_grant, grant, grant_status
from pitboss_studio.web.members import Malformed, Refused, text, whole
from pitboss_studio.web.round_page import round_address

AnyRequest = Request[object, object, State]
Handler = Callable[[Studio, Data], Awaitable[Json]]


@dataclass(frozen=True)
class Command:
    """A well-formed command."""

    stamp: str
    signature: str
    data: Data


@post("/studio/{command:str}", status_code=200)
async def studio_command(command: str, request: AnyRequest, state: State) -> Response[bytes]:
    """One signed command."""
    studio: Studio = state.studio
    if not _authorized(request, command, studio):
        return Response(b"Access denied", status_code=403, media_type="text/plain")
    handler = HANDLERS.get(command)
    if handler is None:
        return Response(b"Not found", status_code=404, media_type="text/plain")
    raw = await request.body()
    try:
        wanted = _read(raw, command)
        expected = messages.sha1(command, wanted.stamp, studio.settings.secret)
        if not hmac.compare_digest(expected.encode(), wanted.signature.encode()):
            return _answer(studio, raw, "OP_20", {"error_message": "Invalid hash"})
        return _answer(studio, raw, None, await handler(studio, wanted.data))
    except Malformed as error:
        return _answer(studio, raw, "OP_50", {"error_message": str(error)})
    except Refused as error:
        return _answer(studio, raw, error.code, {"error_message": str(error)})


def _authorized(request: AnyRequest, command: str, studio: Studio) -> bool:
    given = request.headers.get("X-Authorization", "")
    operator = request.headers.get("X-Operator-Id", "")
    expected = messages.sha1(command, studio.settings.secret)
    right_header = hmac.compare_digest(expected.encode(), given.encode())
    return right_header and hmac.compare_digest(studio.settings.operator_id.encode(), operator.encode())


def _read(raw: bytes, command: str) -> Command:
    try:
        body = messages.decode(raw)
    except BadAnswer:
        raise Malformed("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Malformed("the body is not a JSON object")
    if text(body, "command") != command:
        raise Malformed("command is not the path's")
    data = body.get("data")
    if data is not None and not isinstance(data, dict):
        raise Malformed("data must be an object")
    return Command(text(body, "request_timestamp"), text(body, "hash"), data or {})


def _answer(studio: Studio, raw: bytes, code: str | None, data: Json) -> Response[bytes]:
    status = "OK" if code is None else "ERROR"
    stamp = messages.timestamp(datetime.now(UTC))
    response = {
        "status": status,
        "response_timestamp": stamp,
        "hash": messages.sha1(status, stamp, studio.settings.secret),
        "data": data if code is None else {"error_code": code, **data},
    }
    body = messages.encode({"request": _echo(raw), "response": response})
    return Response(body, status_code=200, media_type="application/json")


def _echo(raw: bytes) -> msgspec.Raw | None:
    """The request as it came, byte for byte; null when it was not JSON."""
    try:
        messages.decode(raw)
    except BadAnswer:
        return None
    return msgspec.Raw(raw)


async def _games(studio: Studio, _: Data) -> Json:
    return {"games": catalogue(studio.settings.public_url)}


async def _bet_values(studio: Studio, data: Data) -> Json:
    wanted = data.get("game_ids")
    if not isinstance(wanted, list) or not all(isinstance(item, int) and item in studio.games for item in wanted):
        raise Malformed("game_ids must be a list of this studio's game ids")
    values = common_bet_values([studio.games[item] for item in wanted], text(data, "currency_code"))
    return {"values": values}


async def _end_session(studio: Studio, data: Data) -> Json:
    token = text(data, "token")

    def work(db: sqlite3.Connection) -> list[sessions.Session]:
        found = sessions.sessions_of_token(db, token)
        for session in found:
            sessions.end_session(db, session.id, "OP_21")
        return found

    for session in await studio.database.run(work):
        gone: Json = {"session": session.id, "code": "OP_21", "message": ending("OP_21")}
        studio.push.publish(session.player.id, "ended", gone)
    return {}


async def _balance_changed(studio: Studio, data: Data) -> Json:
    user_id, currency = text(data, "user_id"), text(data, "currency_code")
    try:
        balance = read_balance(data.get("balance"))
    except BadAmount as error:
        raise Malformed(f"balance: {error}") from None

    def work(db: sqlite3.Connection) -> list[int]:
        players = sessions.players_named(db, user_id, currency)
        for player_id in players:
            sessions.set_balance(db, player_id, balance)
        return players

    for player_id in await studio.database.run(work):
        studio.push.publish(player_id, "balance", {"balance": plain(balance)})
    return {}


async def _round_log(studio: Studio, data: Data) -> Json:
    user_id = text(data, "user_id")
    round_id = whole(data, "round_id") or whole(data, "history_id")
    transaction_id = whole(data, "transaction_id")

    def work(db: sqlite3.Connection) -> rounds.Round | None:
        found = rounds.find_round(db, round_id) if round_id else None
        if found is None and transaction_id:
            found = rounds.find_transaction(db, transaction_id)
        owner = sessions.find_session(db, found.session_id) if found else None
        return found if owner and owner.player.user_id == user_id else None

    found = await studio.database.run(work)
    if found is None or found.shown == 0:
        return {"type": "json", "log_type": "nodata"}
    return _log(studio, found)


def _log(studio: Studio, round_: rounds.Round) -> Json:
    """The game's own log, with the round's money as the first rows; a page that has no address becomes a table."""
    game = studio.games[round_.game_id]
    money_rows = [
        ("Round", str(round_.id)),
        ("State", round_.state),
        ("Bet", f"{plain(round_.stake)} {round_.currency}"),
        *([("Paid by campaign", round_.promotion.campaign_code)] if round_.promotion else []),
        ("Win", f"{plain(round_.shown_win)} {round_.currency}"),
    ]
    told = game.round_log(list(round_.steps[: round_.shown]))
    game_rows = told.get("rows", [])
    assert isinstance(game_rows, list)
    address = round_address(studio.settings, game, round_.id) if told["log_type"] == "iframe" else None
    if told["log_type"] == "iframe":
        told |= {"type": "url", "url": address} if address else {"log_type": "table"}
    return {
        "type": "json",
        "game_name": game.name,
        "game_result": f"won {plain(round_.shown_win)} {round_.currency}",
        **told,
        "rows": [{"key": key, "value": value} for key, value in money_rows] + game_rows,
    }


HANDLERS: dict[str, Handler] = {
    "games": _games,
    "betvalues": _bet_values,
    "endsession": _end_session,
    "balancechanged": _balance_changed,
    "roundlog": _round_log,
    "grant": grant,
    "grantstatus": grant_status,
    "cancelgrant": cancel_grant,
}
