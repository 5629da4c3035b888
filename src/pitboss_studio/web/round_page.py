"""A page that shows one past round as it was, for those who have its address: an operator's support, in a frame.

The address has a signature that only the studio can make, so that nobody finds a round by guessing its number. What a
round that still runs will come to is not in it.
"""

import hashlib
import hmac
import sqlite3

from litestar import Response, get
from litestar.datastructures import State

from pitboss_studio.games.game import Game, Json
from pitboss_studio.rounds.play import NotNow
from pitboss_studio.settings import Settings
from pitboss_studio.storage import rounds, seeds
from pitboss_studio.storage.rounds import Round
from pitboss_studio.studio import Studio
from pitboss_studio.web.documents import PAGES, error_page, page
from pitboss_studio.web.views import round_view


def round_address(settings: Settings, game: Game, round_id: int) -> str | None:
    """The round's page as an absolute URL; None where the game has none or browsers' way to the studio is not known."""
    if not settings.public_url or not (PAGES / game.slug / "round.html").exists():
        return None
    return f"{settings.public_url}/rounds/{round_id}?key={_key(settings, str(round_id))}"


@get("/rounds/{round_id:str}")
async def get_round_page(round_id: str, state: State, key: str = "") -> Response[str]:
    """The page, which asks for the round itself; 404 for a wrong key as for a round that is not there."""
    studio: Studio = state.studio
    found = await _find(studio, round_id, key)
    if found is None:
        return error_page("There is no such round.", 404)
    return page((PAGES / studio.games[found.game_id].slug / "round.html").read_text(encoding="utf-8"))


@get("/rounds/{round_id:str}/facts")
async def get_round_facts(round_id: str, state: State, key: str = "") -> Json:
    """The round as far as it has been shown, and what verifies it once its seed is revealed."""
    studio: Studio = state.studio
    found = await _find(studio, round_id, key)
    if found is None:
        raise NotNow("no_round", "no such round")
    game = studio.games[found.game_id]
    proof = await studio.database.run(lambda db: _proof(db, found))
    return {"game": game.name, "rules": game.rules(), "round": round_view(found), "proof": proof}


def _proof(db: sqlite3.Connection, round_: Round) -> Json:
    seed = seeds.seed_by_id(db, round_.seed_id)
    return {
        "commitment": seed.commitment,
        "client_seed": seed.client_seed,
        "nonce": round_.nonce,
        "server_seed": seed.server_seed if seed.state == "revealed" else None,
    }


async def _find(studio: Studio, round_id: str, key: str) -> Round | None:
    if not hmac.compare_digest(_key(studio.settings, round_id).encode(), key.encode()):
        return None
    return await studio.database.run(lambda db: rounds.find_round(db, int(round_id)))


def _key(settings: Settings, round_id: str) -> str:
    return hmac.new(settings.secret.encode(), f"page of round {round_id}".encode(), hashlib.sha256).hexdigest()
