"""The pages' API, under `/api/{session}`. The session id in the path is the player's key to it."""

import re
import sqlite3
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.response import ServerSentEvent, ServerSentEventMessage

from pitboss_studio.clock import steady_ms
from pitboss_studio.fairness import CLIENT_SEED_MAX
from pitboss_studio.games.game import BadStake, Json
from pitboss_studio.money import plain
from pitboss_studio.rounds import promotion
from pitboss_studio.rounds.play import NotNow
from pitboss_studio.rounds.verdict import SESSION_OVER, judge_balance
from pitboss_studio.storage import live, rounds, seeds, sessions
from pitboss_studio.storage.sessions import Session
from pitboss_studio.studio import Studio
from pitboss_studio.wallet.client import Unknown
from pitboss_studio.wallet.messages import Data
from pitboss_studio.web.errors import BadRequest
from pitboss_studio.web.views import game_view, round_view, seeds_view, session_view

AnyRequest = Request[object, object, State]
T = TypeVar("T")

HISTORY_PAGE = 20
BODY_MAX = 16 * 1024
CAMPAIGN_CODE_MAX = 128
SpinId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
ClientSeed = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+$", max_length=CLIENT_SEED_MAX)]
RoundId = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,19}$")]


class SpinRequest(msgspec.Struct):
    """Start a round, with a campaign's code if it pays the stake; other members belong to the game."""

    spin_id: SpinId
    campaign_code: Annotated[str, msgspec.Meta(min_length=1, max_length=CAMPAIGN_CODE_MAX)] | None = None


class StepRequest(msgspec.Struct):
    """Show a step of an open round, counted from 0."""

    round_id: RoundId
    step: Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class ActRequest(msgspec.Struct):
    """Do something in a live round."""

    round_id: RoundId
    action: Annotated[str, msgspec.Meta(max_length=32)]


class SeedRequest(msgspec.Struct):
    """Rotate to the next server seed with this client seed."""

    client_seed: ClientSeed


@get("/api/{session_id:str}/state")
async def get_state(session_id: str, state: State) -> Json:
    """Everything the page shows: also how it catches up after a reload or a lost connection."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    under_way = await studio.database.run(lambda db: rounds.open_round(db, session.player.id, session.game_id))
    if session.player.mode == "real" and not session.ended and under_way is None:
        await _ask_balance(studio, session)
    return await studio.database.run(lambda db: _state(db, studio, session_id))


@post("/api/{session_id:str}/spin", status_code=200)
async def post_spin(session_id: str, request: AnyRequest, state: State) -> Json:
    """Start a round. The same `spin_id` again answers with the same round."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    body, members = await _body(request, SpinRequest)
    try:
        stake = studio.games[session.game_id].read_stake(session.player.currency, members)
        round_ = await studio.play.start(session, body.spin_id, stake, body.campaign_code)
    except BadStake as error:
        raise BadRequest(error.field, str(error)) from None
    return await studio.database.run(lambda db: _after(db, session_id, round_))


@post("/api/{session_id:str}/step", status_code=200)
async def post_step(session_id: str, request: AnyRequest, state: State) -> Json:
    """Show the next step of an open round, a free spin for example; idempotent by its number."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    body, _ = await _body(request, StepRequest)
    round_ = await studio.play.show(session, int(body.round_id), body.step)
    return await studio.database.run(lambda db: _after(db, session_id, round_))


@post("/api/{session_id:str}/act", status_code=200)
async def post_act(session_id: str, request: AnyRequest, state: State) -> Json:
    """The player's action in a live round, as of the moment the whole request is here. Again: the same round."""
    studio: Studio = state.studio
    body, _ = await _body(request, ActRequest)
    round_id = min(int(body.round_id), (1 << 63) - 1)
    with studio.play.live.arrival(round_id) as at:
        session = await _session(studio, session_id)
        try:
            await studio.play.act(session, round_id, body.action, at)
        except BadStake as error:
            raise BadRequest(error.field, str(error)) from None
    round_ = await studio.play.settle(round_id)
    return await studio.database.run(lambda db: _after(db, session_id, round_))


@post("/api/{session_id:str}/seed", status_code=200)
async def post_seed(session_id: str, request: AnyRequest, state: State) -> Json:
    """Reveal the server seed in use and go on with the next one and the player's client seed."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    body, _ = await _body(request, SeedRequest)
    old = await studio.play.choose_seed(session, body.client_seed)
    view = await studio.database.run(lambda db: _seeds(db, session_id))
    revealed = {"commitment": old.commitment, "server_seed": old.server_seed, "client_seed": old.client_seed}
    return {"seeds": view, "revealed": revealed}


@post("/api/{session_id:str}/refill", status_code=200)
async def post_refill(session_id: str, state: State) -> Json:
    """Fresh play money in fun mode."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    await studio.play.refill(session)
    return await studio.database.run(lambda db: {"balance": plain(sessions.read_balance(db, session.player.id))})


@get("/api/{session_id:str}/history")
async def get_history(session_id: str, state: State, before: str | None = None) -> Json:
    """The player's rounds, newest first, 20 a page; `before` is the last id of the page above."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    if before is not None and not (before.isascii() and before.isdigit() and len(before) <= 18 + 1):
        raise BadRequest("before", "before must be a round id")
    upper = min(int(before), (1 << 63) - 1) if before is not None else None
    found = await studio.database.run(
        lambda db: rounds.history(db, session.player.id, session.game_id, upper, HISTORY_PAGE)
    )
    return {"rounds": [round_view(round_) for round_ in found], "more": len(found) == HISTORY_PAGE}


@get("/api/{session_id:str}/fairness/{round_id:str}")
async def get_fairness(session_id: str, round_id: str, state: State) -> Json:
    """What verifies a round: commitment, client seed and nonce, and the server seed once it is revealed."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)
    if not (round_id.isascii() and round_id.isdigit() and len(round_id) <= 18 + 1):
        raise BadRequest("round_id", "round_id must be a round id")
    return await studio.database.run(lambda db: _fairness(db, session, min(int(round_id), (1 << 63) - 1)))


@get("/api/{session_id:str}/events")
async def get_events(session_id: str, state: State) -> ServerSentEvent:
    """Server-sent events: `balance`, `round`, `promotion`, `ended`, and a `heartbeat` when nothing happens."""
    studio: Studio = state.studio
    session = await _session(studio, session_id)

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        async for event in studio.push.listen(session.player.id, studio.settings.heartbeat):
            if event.kind == "ended" and event.data.get("session") != session_id:
                continue
            data = {name: value for name, value in event.data.items() if name != "session"}
            yield ServerSentEventMessage(event=event.kind, data=msgspec.json.encode(data).decode())

    return ServerSentEvent(messages(), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})


async def _session(studio: Studio, session_id: str) -> Session:
    session = await studio.database.run(lambda db: sessions.find_session(db, session_id))
    if session is None or session.game_id not in studio.games:
        raise NotNow("no_session", "This game session does not exist. Please open the game again.")
    return session


async def _body(request: AnyRequest, kind: type[T]) -> tuple[T, dict[str, object]]:
    raw = await request.body()
    if len(raw) > BODY_MAX:
        raise BadRequest("body", "the body is too large")
    try:
        members = msgspec.json.decode(raw, type=dict[str, object])
        return msgspec.convert(members, kind), members
    except msgspec.ValidationError as error:
        raise BadRequest(_field(str(error)), str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("body", "the body is not JSON") from None


def _field(message: str) -> str:
    """The member a validation message is about: `… - at `$.step`` or `… required field `step``."""
    found = re.search(r"(?:at `\$\.|field `)(\w+)", message)
    return found[1] if found else "body"


async def _ask_balance(studio: Studio, session: Session) -> None:
    before = await studio.database.run(lambda db: _newest_round(db, session))
    data: Data = {"token": session.token, "user_id": session.player.user_id, "currency_code": session.player.currency}
    answer = await studio.wallet.call("balance", data)
    if isinstance(answer, Unknown):
        return
    if answer.code in SESSION_OVER:
        code = answer.code
        await studio.database.run(lambda db: sessions.end_session(db, session.id, code))
    balance = judge_balance(answer, session.player.currency)
    if balance is not None:
        await studio.database.run(lambda db: _keep_balance(db, session, balance, before))


def _keep_balance(db: sqlite3.Connection, session: Session, balance: Decimal, before: int | None) -> None:
    # A round that began while the wallet was asked has told a newer balance.
    if _newest_round(db, session) == before:
        sessions.set_balance(db, session.player.id, balance)


def _newest_round(db: sqlite3.Connection, session: Session) -> int | None:
    newest = rounds.history(db, session.player.id, session.game_id, None, 1)
    return newest[0].id if newest else None


def _state(db: sqlite3.Connection, studio: Studio, session_id: str) -> Json:
    session = sessions.find_session(db, session_id)
    assert session is not None
    last = rounds.open_round(db, session.player.id, session.game_id)
    if last is None:
        last = next(iter(rounds.history(db, session.player.id, session.game_id, None, 1)), None)
    return {
        "game": game_view(studio.games[session.game_id], session.player.currency),
        "session": session_view(session),
        "balance": plain(session.player.balance),
        "round": round_view(last) if last else None,
        "live": _live(db, last),
        "promotion": promotion.offer(db, session),
        "seeds": _seeds(db, session_id),
    }


def _after(db: sqlite3.Connection, session_id: str, round_: rounds.Round) -> Json:
    session = sessions.find_session(db, session_id)
    assert session is not None
    ended = session_view(session)["ended"]
    return {
        "round": round_view(round_),
        "live": _live(db, round_),
        "balance": plain(session.player.balance),
        "promotion": promotion.offer(db, session),
        "ended": ended,
    }


def _live(db: sqlite3.Connection, round_: rounds.Round | None) -> Json | None:
    """How long a live round has been running; nothing else of it may be told."""
    known = live.find(db, round_.id) if round_ and round_.state == "bet_ok" else None
    if known is None or known.started_at is None:
        return None
    return {"elapsed_ms": max(0, steady_ms() - known.started_at)}


def _seeds(db: sqlite3.Connection, session_id: str) -> Json:
    return seeds_view(seeds.live_seed(db, session_id), seeds.live_seed(db, session_id, "next"))


def _fairness(db: sqlite3.Connection, session: Session, round_id: int) -> Json:
    round_ = rounds.find_round(db, round_id)
    if round_ is None or (round_.player_id, round_.game_id) != (session.player.id, session.game_id):
        raise NotNow("no_round", "no such round")
    seed = seeds.seed_by_id(db, round_.seed_id)
    return {
        "round": round_view(round_),
        "commitment": seed.commitment,
        "client_seed": seed.client_seed,
        "nonce": round_.nonce,
        "server_seed": seed.server_seed if seed.state == "revealed" else None,
    }


ROUTES = [get_state, post_spin, post_step, post_act, post_seed, post_refill, get_history, get_fairness, get_events]
