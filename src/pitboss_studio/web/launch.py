"""The launch URL (wallet protocol, "Launch"): checks its parameters, asks the operator who plays, opens a session."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.response import Redirect

from pitboss_studio.ids import new_session_id
from pitboss_studio.money import BadAmount, read_balance
from pitboss_studio.rounds.play import play_money
from pitboss_studio.storage import seeds, sessions
from pitboss_studio.storage.sessions import Launch, Mode, Session
from pitboss_studio.studio import Studio
from pitboss_studio.wallet.client import Unknown
from pitboss_studio.web.documents import error_page, game_page, lobby_page

AnyRequest = Request[object, object, State]

TOKEN = re.compile(r"[A-Za-z0-9]{20,50}")
CURRENCY = re.compile(r"[A-Za-z0-9]{3,10}")
LOBBY = re.compile(r"[A-Za-z0-9_-]{1,64}")
LANGUAGES = {"en"}
URL_MAX = 500
LOBBY_GAME = 0


class BadLaunch(ValueError):
    """A launch that cannot go on. The message is for the player; `status` is the page's HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Wish:
    """A launch URL's parameters, validated."""

    mode: Mode
    game_id: int
    token: str | None
    currency: str
    launch: Launch


@dataclass(frozen=True)
class Identity:
    """Who the operator says plays."""

    user_id: str
    name: str
    currency: str
    balance: Decimal


@get(["/", "/launch"])
async def launch(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Open a game or lobby and send the browser to its own address, so that the token is in no further URL."""
    studio: Studio = state.studio
    try:
        wish = read_wish(request.query_params, studio)
        session = await _open_fun(studio, wish) if wish.mode == "fun" else await _open_real(studio, wish)
    except BadLaunch as refusal:
        return error_page(str(refusal), refusal.status, game=request.query_params.get("game_id", "")[:20])
    where = "lobby" if wish.game_id == LOBBY_GAME else "play"
    return Redirect(f"/{where}/{session}", status_code=303)


@get("/play/{session_id:str}")
async def play_page(session_id: str, state: State) -> Response[str]:
    """The page of a launched game; a reload comes here and resumes."""
    studio: Studio = state.studio
    session = await studio.database.run(lambda db: sessions.find_session(db, session_id))
    if session is None or session.game_id not in studio.games:
        return error_page("This game session does not exist. Please open the game again.", 404)
    return game_page(studio.games[session.game_id].slug, session.launch.language)


@get("/lobby/{session_id:str}")
async def lobby(session_id: str, state: State) -> Response[str]:
    """The studio's games, to choose from."""
    studio: Studio = state.studio
    session = await studio.database.run(lambda db: sessions.find_session(db, session_id))
    if session is None or session.game_id != LOBBY_GAME:
        return error_page("This lobby does not exist. Please open it again.", 404)
    return lobby_page(session_id, list(studio.games.values()), session.launch.home_url)


@get("/lobby/{session_id:str}/{game_id:int}")
async def lobby_game(session_id: str, game_id: int, state: State) -> Response[str] | Redirect:
    """A game chosen in the lobby: a session of its own with the lobby's token."""
    studio: Studio = state.studio
    session = await studio.database.run(lambda db: sessions.find_session(db, session_id))
    if session is None or session.game_id != LOBBY_GAME or game_id not in studio.games:
        return error_page("This game is not in the lobby.", 404)
    if session.ended:
        return error_page("You have been logged out. Please open the lobby again.", 403)
    opened = await studio.database.run(
        lambda db: _open(db, session.player.id, Wish(session.player.mode, game_id, session.token, "", session.launch))
    )
    return Redirect(f"/play/{opened}", status_code=303)


def read_wish(query: Mapping[str, str], studio: Studio) -> Wish:
    """The parameters, checked. Raises BadLaunch, which never repeats what was sent."""
    mode = query.get("mode", "")
    if mode not in ("real", "fun"):
        raise BadLaunch("The game mode is missing or unknown.")
    display = Launch(
        _language(query.get("language", "")),
        _device(query.get("device", "desktop")),
        _url(query.get("home_url") or query.get("lobby_url"), "home_url"),
        _url(query.get("deposit_url"), "deposit_url"),
    )
    game_id = _game_id(query, studio)
    if mode == "fun":
        return Wish("fun", game_id, None, _currency(query.get("currency", "EUR")), display)
    if query.get("operator_id") != studio.settings.operator_id:
        raise BadLaunch("The operator is missing or unknown.")
    token = query.get("token", "")
    if not TOKEN.fullmatch(token):
        raise BadLaunch("The session token is missing or malformed.")
    return Wish("real", game_id, token, _currency(query.get("currency", "")), display)


async def _open_real(studio: Studio, wish: Wish) -> str:
    identity = await _authenticate(studio, wish.token or "")
    if identity.currency != wish.currency:
        raise BadLaunch("The currency is not the player's.")

    def work(db: sqlite3.Connection) -> str:
        player_id = sessions.meet_player(
            db, "real", identity.user_id, identity.currency, identity.name, identity.balance
        )
        return _open(db, player_id, wish)

    return await studio.database.run(work)


async def _open_fun(studio: Studio, wish: Wish) -> str:
    game = studio.games.get(wish.game_id) or next(iter(studio.games.values()))
    start = play_money(game, wish.currency).amount

    def work(db: sqlite3.Connection) -> str:
        player_id = sessions.meet_player(db, "fun", new_session_id(), wish.currency, "Guest", start)
        return _open(db, player_id, wish)

    return await studio.database.run(work)


def _open(db: sqlite3.Connection, player_id: int, wish: Wish) -> str:
    session_id = sessions.open_session(db, new_session_id(), player_id, wish.game_id, wish.token, wish.launch)
    if wish.game_id != LOBBY_GAME:
        seeds.plant(db, session_id)
        session = sessions.find_session(db, session_id)
        assert session is not None
        _check_owner(session, player_id)
        seeds.reveal_idle(db, sessions.earlier_sessions(db, session))
    return session_id


def _check_owner(session: Session, player_id: int) -> None:
    if session.player.id != player_id:
        raise BadLaunch("This session belongs to another player.", 403)


async def _authenticate(studio: Studio, token: str) -> Identity:
    answer = await studio.wallet.call("authenticate", {"token": token})
    if isinstance(answer, Unknown) or answer.code in ("OP_20", "OP_47", "OP_50"):
        raise BadLaunch("The casino could not be reached. Please try again.", 503)
    if answer.code is not None:
        raise BadLaunch("The casino did not accept this session. Please open the game again.", 403)
    user_id, currency = answer.data.get("user_id"), answer.data.get("currency_code")
    name = answer.data.get("display_name") or answer.data.get("user_name")
    if isinstance(user_id, int) and not isinstance(user_id, bool):
        user_id = str(user_id)
    try:
        balance = read_balance(answer.data.get("balance"))
    except BadAmount:
        raise BadLaunch("The casino's answer could not be understood.", 503) from None
    if not (isinstance(user_id, str) and user_id and isinstance(currency, str)):
        raise BadLaunch("The casino's answer could not be understood.", 503)
    return Identity(user_id, str(name or user_id), currency, balance)


def _game_id(query: Mapping[str, str], studio: Studio) -> int:
    lobby_id = query.get("lobby_id")
    if lobby_id:
        if not LOBBY.fullmatch(lobby_id):
            raise BadLaunch("The lobby is unknown.")
        return LOBBY_GAME
    text = query.get("game_id", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) in studio.games):
        raise BadLaunch("The game is missing or unknown.")
    return int(text)


def _language(text: str) -> str:
    primary = text.replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


def _device(text: str) -> str:
    if text not in ("desktop", "mobile"):
        raise BadLaunch("The device is unknown.")
    return text


def _currency(text: str) -> str:
    if not CURRENCY.fullmatch(text):
        raise BadLaunch("The currency is missing or malformed.")
    return text.upper()


def _url(text: str | None, name: str) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        raise BadLaunch(f"The address in {name} is malformed.") from None
    printable = text.isprintable() and not any(sign in text for sign in " \"'<>\\`")
    if parts.scheme not in ("http", "https") or not parts.netloc or len(text) > URL_MAX or not printable:
        raise BadLaunch(f"The address in {name} is not allowed.")
    return text
