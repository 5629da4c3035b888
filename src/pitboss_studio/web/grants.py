"""The studio protocol's commands about stakes an operator gives away: `grant`, `grantstatus`, `cancelgrant`. All idempotent."""

import sqlite3
from collections.abc import Callable
from decimal import Decimal

from pitboss_studio.clock import now_ms
from pitboss_studio.games.game import Json
from pitboss_studio.games.promotions import KINDS, takes
from pitboss_studio.ids import new_id
from pitboss_studio.money import BadAmount, plain, read_balance
from pitboss_studio.rounds.promotion import status
from pitboss_studio.storage import grants, sessions
from pitboss_studio.storage.grants import Grant, OtherTerms, Terms
from pitboss_studio.studio import Studio
from pitboss_studio.wallet.messages import Data
from pitboss_studio.web.members import Malformed, Refused, instant, text, whole

CODE_MAX = 128
# As many as fit into the answer to `grantstatus`, which names them all.
USERS_MAX = 5_000
USER_MAX = 70
COUNT_MAX = 10_000


async def grant(studio: Studio, data: Data) -> Json:
    """Keep a campaign and tell open pages. Raises Malformed, and Refused `OP_40` for a known code with other data."""
    terms = _terms(studio, data)

    def work(db: sqlite3.Connection) -> Grant:
        try:
            return grants.keep(db, terms, str(new_id()))
        except OtherTerms:
            raise Refused("OP_40", "campaign_code is known with other data") from None

    kept = await studio.database.run(work)
    await _tell_pages(studio, kept)
    return {"campaign_id": kept.campaign_id}


async def grant_status(studio: Studio, data: Data) -> Json:
    """How much of a campaign was played. Raises Malformed, and Refused `OP_41` for an unknown one."""
    return await _status(studio, data, lambda db, code: None)


async def cancel_grant(studio: Studio, data: Data) -> Json:
    """End a campaign; answers as `grant_status` does. What was played stands, and a round under way still settles."""
    told = await _status(studio, data, grants.cancel)
    kept = await studio.database.run(lambda db: grants.find(db, text(data, "campaign_code")))
    assert kept is not None
    await _tell_pages(studio, kept)
    return told


async def _status(studio: Studio, data: Data, first: Callable[[sqlite3.Connection, str], None]) -> Json:
    code = text(data, "campaign_code")

    def work(db: sqlite3.Connection) -> Json:
        first(db, code)
        found = grants.find(db, code)
        if found is None:
            raise Refused("OP_41", "campaign_code is unknown")
        return status(found, grants.shares(db, code), now_ms())

    return await studio.database.run(work)


async def _tell_pages(studio: Studio, kept: Grant) -> None:
    def work(db: sqlite3.Connection) -> list[int]:
        users = [share.user_id for share in grants.shares(db, kept.campaign_code)]
        return [player for user in users for player in sessions.players_named(db, user, kept.currency)]

    for player_id in await studio.database.run(work):
        studio.push.publish(player_id, "promotion", {"campaign_code": kept.campaign_code})


def _terms(studio: Studio, data: Data) -> Terms:
    code, kind, currency = text(data, "campaign_code"), text(data, "kind"), text(data, "currency_code")
    if len(code) > CODE_MAX or not code.isprintable():
        raise Malformed(f"campaign_code must be at most {CODE_MAX} printable characters")
    if kind not in KINDS:
        raise Malformed(f"kind must be one of {', '.join(KINDS)}")
    games = _games(studio, data, kind)
    count = whole(data, "count")
    if count is None or not 1 <= count <= COUNT_MAX:
        raise Malformed(f"count must be between 1 and {COUNT_MAX}")
    value = _bet_value(data)
    for game_id in games:
        if value not in studio.games[game_id].bet_values(currency):
            raise Malformed(f"bet_value is not one of the bet values of game {game_id} for {currency}")
    begins, ends = instant(data, "valid_from"), instant(data, "valid_to")
    if ends <= begins:
        raise Malformed("valid_to must be after valid_from")
    return Terms(code, kind, _users(data), games, count, value, currency, begins, ends)


def _games(studio: Studio, data: Data, kind: str) -> tuple[int, ...]:
    wanted = data.get("game_ids")
    if not isinstance(wanted, list) or not wanted:
        raise Malformed("game_ids must be a list with at least one game")
    for game_id in wanted:
        if not isinstance(game_id, int) or isinstance(game_id, bool) or game_id not in studio.games:
            raise Malformed("game_ids must be a list of this studio's game ids")
        if not takes(studio.games[game_id], kind):
            raise Malformed(f"kind {kind} is not offered by game {game_id}")
    return tuple(sorted(set(wanted)))


def _users(data: Data) -> tuple[str, ...]:
    wanted = data.get("user_ids")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= USERS_MAX:
        raise Malformed(f"user_ids must be a list of 1 to {USERS_MAX} users")
    users = [str(user) if isinstance(user, int) and not isinstance(user, bool) else user for user in wanted]
    if not all(isinstance(user, str) and 1 <= len(user) <= USER_MAX for user in users):
        raise Malformed(f"user_ids must be strings of at most {USER_MAX} characters")
    return tuple(sorted(set(users)))


def _bet_value(data: Data) -> Decimal:
    try:
        return Decimal(plain(read_balance(data.get("bet_value"))))
    except BadAmount:
        raise Malformed("bet_value must be an amount") from None
