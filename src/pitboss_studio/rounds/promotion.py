"""Rounds whose stake an operator pays: what a player is offered, and how a round gets one of them."""

import sqlite3

from pitboss_studio.clock import as_datetime, now_ms
from pitboss_studio.games.game import BadStake, Json, Stake
from pitboss_studio.money import plain
from pitboss_studio.storage import grants
from pitboss_studio.storage.grants import Grant, Promotion, Share
from pitboss_studio.storage.sessions import Session

REASON = "PROMO-FREESPIN"
"""`context.reason` of a promotional stake and its win (wallet protocol, `changebalance`)."""


class PromotionOver(Exception):
    """The campaign has nothing (more) for this player in this game."""


def offer(db: sqlite3.Connection, session: Session) -> Json | None:
    """What the page offers: the campaign that ends first, and how much of it is left."""
    found = _open(db, session)
    if not found:
        return None
    grant, left = found[0]
    return {
        "campaign_code": grant.campaign_code,
        "kind": grant.kind,
        "value": plain(grant.bet_value),
        "left": left,
        "total": grant.count,
        "until": as_datetime(grant.valid_to).isoformat(),
    }


def claim(db: sqlite3.Connection, session: Session, campaign_code: str, stake: Stake) -> Promotion:
    """One stake of the campaign, for a round that is stored in the same transaction. Raises PromotionOver, BadStake."""
    for grant, left in _open(db, session):
        if grant.campaign_code == campaign_code:
            _check_stake(grant, stake)
            return Promotion(campaign_code, grant.count, left - 1)
    raise PromotionOver


def status(grant: Grant, shares: list[Share], now: int) -> Json:
    """A campaign's state for its operator (studio protocol, `grantstatus`). `remaining` can still be played; what a round under
    way has taken is neither played nor remaining until its bet is answered."""
    left = {share.user_id: grant.count - share.played - share.under_way for share in shares if share.over is None}
    over = grant.canceled or now >= grant.valid_to
    players: list[Json] = [
        {
            "user_id": share.user_id,
            "played": share.played,
            "under_way": share.under_way,
            "remaining": 0 if over else left.get(share.user_id, 0),
            "refused": share.over,
        }
        for share in shares
    ]
    remaining = 0 if over else sum(left.values())
    under_way = sum(share.under_way for share in shares)
    info: Json = {
        "campaign_id": grant.campaign_id,
        "kind": grant.kind,
        "game_ids": list(grant.game_ids),
        "count": grant.count,
        "bet_value": plain(grant.bet_value),
        "currency_code": grant.currency,
        "under_way": under_way,
        "players": players,
    }
    played = sum(share.played for share in shares)
    return {"played": played, "remaining": remaining, "state": _state(grant, remaining + under_way, now), "info": info}


def _state(grant: Grant, open_stakes: int, now: int) -> str:
    if grant.canceled:
        return "canceled"
    if now >= grant.valid_to:
        return "expired"
    if not open_stakes:
        return "finished"
    return "pending" if now < grant.valid_from else "live"


def _open(db: sqlite3.Connection, session: Session) -> list[tuple[Grant, int]]:
    player = session.player
    if player.mode != "real" or session.ended:
        return []
    return grants.open_to(db, player.user_id, player.currency, session.game_id, now_ms())


def _check_stake(grant: Grant, stake: Stake) -> None:
    """A given stake is the grant's value, no more and no less, and a chip lies whole on one place. Raises BadStake."""
    bets = stake.selection.get("bets")
    if isinstance(bets, list) and len(bets) != 1:
        raise BadStake("bets", "bets must be one chip on one place")
    if stake.amount != grant.bet_value:
        field = "bets" if isinstance(bets, list) else "bet"
        raise BadStake(field, f"{field} must be {plain(grant.bet_value)} {grant.currency}")
