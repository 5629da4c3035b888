"""The JSON the page sees. Amounts are decimal strings, ids are strings: JavaScript has no exact numbers for either."""

from pitboss_studio.clock import as_datetime
from pitboss_studio.games.game import Game, Json
from pitboss_studio.limits import highest_stake
from pitboss_studio.money import plain
from pitboss_studio.rounds.words import ending, message_for
from pitboss_studio.storage.rounds import Round
from pitboss_studio.storage.seeds import Seed
from pitboss_studio.storage.sessions import Session


def round_view(round_: Round) -> Json:
    """A round as far as it has been shown. What comes next is not in it."""
    return {
        "id": str(round_.id),
        "spin_id": round_.spin_id,
        "state": round_.state,
        "open": round_.is_open,
        "stake": plain(round_.stake),
        "currency": round_.currency,
        "steps": list(round_.steps[: round_.shown]),
        "more": round_.state == "bet_ok",
        "win": plain(round_.shown_win),
        "nonce": round_.nonce,
        "balance_after_bet": round_.balance_after_bet,
        "balance_after": round_.balance_after,
        "code": round_.code if round_.state == "bet_refused" else None,
        "message": message_for(round_.state, round_.code, round_.promotion is not None),
        "campaign_code": round_.promotion.campaign_code if round_.promotion else None,
        "at": as_datetime(round_.created_at).isoformat(),
    }


def session_view(session: Session) -> Json:
    """What the page needs to know of its session; never the token."""
    return {
        "mode": session.player.mode,
        "currency": session.player.currency,
        "player": session.player.name,
        "language": session.launch.language,
        "device": session.launch.device,
        "home_url": session.launch.home_url,
        "deposit_url": session.launch.deposit_url,
        "ended": {"code": session.ended, "message": ending(session.ended)} if session.ended else None,
    }


def game_view(game: Game, currency: str) -> Json:
    """Name, figures and rules of the game."""
    return {
        "id": game.game_id,
        "name": game.name,
        "rtp": game.rtp,
        "bet_values": [plain(value) for value in game.bet_values(currency)],
        "highest_stake": plain(highest_stake(currency)),
        "rules": game.rules(),
    }


def seeds_view(active: Seed, following: Seed) -> Json:
    """Commitments, not seeds: what is in use, and what comes after it."""
    return {
        "commitment": active.commitment,
        "client_seed": active.client_seed,
        "next_nonce": active.next_nonce,
        "next_commitment": following.commitment,
    }
