"""Local administration over HTTP, for tests and tools on the same machine: /admin/…, with the token kept in the data directory.

Amounts are decimal strings.
"""

import hmac
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from pitboss_operator import administration
from pitboss_operator.administration import HOUR_MS, Mistake
from pitboss_operator.clock import now_ms
from pitboss_operator.faults import BadFault, read_faults
from pitboss_operator.operator import Operator
from pitboss_operator.storage import players, tokens, transactions

T = TypeVar("T")
AnyRequest = Request[object, object, State]
_LOCAL = {"127.0.0.1", "::1"}


class NewPlayer(msgspec.Struct, forbid_unknown_fields=True):
    """A player to create."""

    user_id: str
    currency: str
    balance: str = "0"
    name: str | None = None
    display_name: str | None = None
    country: str = "FI"
    group: str | None = None
    bet_limit: str | None = None
    scale: int | None = None


class PlayerChange(msgspec.Struct, forbid_unknown_fields=True):
    """What to change: money to give, blocked or not, the most they may stake (`""`: no limit)."""

    credit: str | None = None
    blocked: bool | None = None
    bet_limit: str | None = None


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """A token to issue; without `game_id` it is good for any game. `seconds` may be 0 or less: expired from the start."""

    user_id: str
    game_id: int | None = None
    seconds: int = 12 * HOUR_MS // 1000
    token: str | None = None


def admin_token(data_dir: Path) -> str:
    """The token the file holds; made on first start, its owner's alone."""
    path = data_dir / "admin.token"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    token = secrets.token_hex(24)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
    return token


def only_local(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """From this machine, with the token."""
    given = connection.headers.get("Authorization", "").removeprefix("Bearer ")
    expected: str = connection.app.state.admin_token
    local = connection.client is not None and connection.client.host in _LOCAL
    if not (hmac.compare_digest(given.encode(), expected.encode()) and local):
        raise PermissionDeniedException("Access denied")


def admin_router() -> Router:
    """All of it."""
    routes = [
        create_player, list_players, show_player, change_player, issue_token, end_token, list_transactions, list_movements,
        audit, get_faults, set_faults, clear_faults, set_disabled_games,
    ]  # fmt: skip
    return Router(
        path="/admin",
        route_handlers=routes,
        guards=[only_local],
        exception_handlers={Mistake: _mistake, BadFault: _mistake, players.Exists: _mistake},
    )


def _mistake(_: AnyRequest, error: Exception) -> Response[dict[str, str]]:
    return Response({"error": str(error)}, status_code=400)


async def _do(state: State, work: Callable[[sqlite3.Connection], T]) -> T:
    operator: Operator = state.operator
    return await operator.database.run(work)


@post("/players")
async def create_player(data: NewPlayer, state: State) -> dict[str, object]:
    """Create one; their opening balance is a deposit."""
    player = administration.new_player(**msgspec.structs.asdict(data))
    await _do(state, lambda db: players.create(db, player))
    return administration.player_json(player)


@get("/players")
async def list_players(state: State) -> list[dict[str, object]]:
    """Everybody."""
    return [administration.player_json(player) for player in await _do(state, players.everybody)]


@get("/players/{user_id:str}")
async def show_player(user_id: str, state: State) -> dict[str, object]:
    """One of them."""
    return administration.player_json(await _do(state, lambda db: administration.known_player(db, user_id)))


@put("/players/{user_id:str}")
async def change_player(user_id: str, data: PlayerChange, state: State) -> dict[str, object]:
    """Give money, block, limit."""

    def work(db: sqlite3.Connection) -> dict[str, object]:
        player = administration.known_player(db, user_id)
        if data.credit is not None:
            administration.credit(db, user_id, data.credit)
        if data.blocked is not None:
            players.set_blocked(db, user_id, data.blocked)
        if data.bet_limit is not None:
            limit = administration.read_amount(data.bet_limit, player.scale) if data.bet_limit else None
            players.set_bet_limit(db, user_id, limit)
        return administration.player_json(administration.known_player(db, user_id))

    return await _do(state, work)


@post("/tokens")
async def issue_token(data: NewToken, state: State) -> dict[str, str]:
    """A token for a player and a game."""
    lasts_ms = data.seconds * 1000
    text = await _do(state, lambda db: administration.issue_token(db, data.user_id, data.game_id, lasts_ms, data.token))
    return {"token": text}


@delete("/tokens/{token:str}", status_code=200)
async def end_token(token: str, state: State) -> dict[str, bool]:
    """End a session: its token is expired from now on."""
    return {"ended": await _do(state, lambda db: tokens.end(db, token, now_ms()))}


@get("/transactions")
async def list_transactions(state: State, user_id: str | None = None) -> list[dict[str, object]]:
    """All transactions, or a player's, oldest first. Ids are strings here, since many JSON readers lose long integers."""
    found = await _do(state, lambda db: transactions.everything(db, user_id))
    told = [administration.transaction_json(known) for known in found]
    return [row | {name: str(row[name]) for name in ("transaction_id", "round_id")} for row in told]


@get("/movements")
async def list_movements(state: State, user_id: str | None = None) -> list[dict[str, object]]:
    """All that moved money, oldest first, in minor units."""
    return await _do(state, lambda db: players.movements(db, user_id))


@get("/audit")
async def audit(state: State) -> dict[str, list[str]]:
    """What does not add up."""
    return {"wrong": await _do(state, administration.audit)}


@get("/faults")
async def get_faults(state: State) -> dict[str, object]:
    """The switches as they stand; `problem` says why a faults file could not be read."""
    operator: Operator = state.operator
    board = operator.switchboard
    return {"faults": [fault.as_json() for fault in board.faults], "problem": board.problem}


@put("/faults")
async def set_faults(request: AnyRequest, state: State) -> dict[str, object]:
    """Replace all switches by the list that is sent."""
    operator: Operator = state.operator
    operator.switchboard.faults = read_faults(await request.body())
    return {"faults": [fault.as_json() for fault in operator.switchboard.faults], "problem": None}


@delete("/faults", status_code=200)
async def clear_faults(state: State) -> dict[str, object]:
    """Nothing goes wrong any more."""
    operator: Operator = state.operator
    operator.switchboard.faults = []
    return {"faults": [], "problem": None}


@put("/disabled-games")
async def set_disabled_games(data: list[int], state: State) -> dict[str, list[int]]:
    """Offer all games but these."""
    await _do(state, lambda db: players.set_disabled_games(db, data))
    return {"game_ids": await _do(state, players.disabled_games)}
