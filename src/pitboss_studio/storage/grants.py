"""Stakes that an operator gave to players. What was used of them is counted from the rounds, never kept beside them.

So no crash can count a round twice or not at all: a round counts from the commit that stores it until the one that says that
its bet did not stand.
"""

import json
import sqlite3
from dataclasses import dataclass
from decimal import Decimal

from pitboss_studio.clock import now_ms
from pitboss_studio.money import plain


@dataclass(frozen=True)
class Terms:
    """What an operator asked for. `count` stakes of `bet_value` (in `currency`'s units) for each user, to be played in any of
    the games from `valid_from` until before `valid_to` (UNIX ms)."""

    campaign_code: str
    kind: str
    user_ids: tuple[str, ...]
    game_ids: tuple[int, ...]
    count: int
    bet_value: Decimal
    currency: str
    valid_from: int
    valid_to: int

    def as_text(self) -> str:
        """The same text for the same terms, in whatever order users and games were named."""
        members = [self.kind, self.game_ids, self.count, plain(self.bet_value), self.currency]
        return json.dumps([self.campaign_code, *members, self.valid_from, self.valid_to, self.user_ids])


@dataclass(frozen=True)
class Grant:
    """One campaign as it is kept."""

    campaign_code: str
    campaign_id: str
    kind: str
    game_ids: tuple[int, ...]
    count: int
    bet_value: Decimal
    currency: str
    valid_from: int
    valid_to: int
    canceled: bool


@dataclass(frozen=True)
class Share:
    """One player's part of a campaign. `over` is the code with which the operator ended it early."""

    user_id: str
    played: int
    under_way: int
    over: str | None


@dataclass(frozen=True)
class Promotion:
    """What a round needs to know of the campaign that pays its stake; `left` after this round."""

    campaign_code: str
    total: int
    left: int


class OtherTerms(Exception):
    """The campaign is known, with other terms."""


# A bet that was refused or cancelled gives its stake back; one that waits for its answer keeps it.
_SHARES = """
    SELECT s.user_id, s.over,
        count(r.id) FILTER (WHERE r.state NOT IN ('bet_sent', 'canceling', 'bet_refused', 'canceled')) AS played,
        count(r.id) FILTER (WHERE r.state IN ('bet_sent', 'canceling')) AS under_way
    FROM grant_shares s JOIN grants g ON g.campaign_code = s.campaign_code
    LEFT JOIN players p ON p.mode = 'real' AND p.user_id = s.user_id AND p.currency = g.currency
    LEFT JOIN rounds r ON r.campaign_code = s.campaign_code AND r.player_id = p.id
    WHERE s.campaign_code = ?1 AND (?2 IS NULL OR s.user_id = ?2)
    GROUP BY s.user_id ORDER BY s.user_id
"""


def keep(db: sqlite3.Connection, terms: Terms, campaign_id: str) -> Grant:
    """Store a campaign; one with the same terms is the one that was stored first. Raises OtherTerms."""
    db.execute(
        """INSERT INTO grants (campaign_code, campaign_id, terms, kind, game_ids, count, bet_value, currency, valid_from,
               valid_to, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        (
            terms.campaign_code,
            campaign_id,
            terms.as_text(),
            terms.kind,
            json.dumps(terms.game_ids),
            terms.count,
            plain(terms.bet_value),
            terms.currency,
            terms.valid_from,
            terms.valid_to,
            now_ms(),
        ),
    )
    row = db.execute("SELECT * FROM grants WHERE campaign_code = ?", (terms.campaign_code,)).fetchone()
    if row["terms"] != terms.as_text():
        raise OtherTerms
    db.executemany(
        "INSERT INTO grant_shares (campaign_code, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(terms.campaign_code, user_id) for user_id in terms.user_ids],
    )
    return _grant(row)


def find(db: sqlite3.Connection, campaign_code: str) -> Grant | None:
    """The campaign of this code."""
    row = db.execute("SELECT * FROM grants WHERE campaign_code = ?", (campaign_code,)).fetchone()
    return _grant(row) if row else None


def cancel(db: sqlite3.Connection, campaign_code: str) -> None:
    """No further round is paid by it. Rounds under way are not touched."""
    db.execute("UPDATE grants SET canceled = 1 WHERE campaign_code = ?", (campaign_code,))


def end_share(db: sqlite3.Connection, campaign_code: str, user_id: str, code: str) -> None:
    """The operator wants no more of it from this player."""
    db.execute(
        "UPDATE grant_shares SET over = coalesce(over, ?) WHERE campaign_code = ? AND user_id = ?",
        (code, campaign_code, user_id),
    )


def shares(db: sqlite3.Connection, campaign_code: str, user_id: str | None = None) -> list[Share]:
    """What each player, or this one, has had of the campaign."""
    rows = db.execute(_SHARES, (campaign_code, user_id))
    return [Share(row["user_id"], row["played"], row["under_way"], row["over"]) for row in rows]


def open_to(db: sqlite3.Connection, user_id: str, currency: str, game_id: int, now: int) -> list[tuple[Grant, int]]:
    """Campaigns the player can play in this game now, with what is left of them; what ends first comes first."""
    rows = db.execute(
        """SELECT g.* FROM grants g JOIN grant_shares s ON s.campaign_code = g.campaign_code
           WHERE s.user_id = ?1 AND s.over IS NULL AND g.currency = ?2 AND NOT g.canceled
               AND g.valid_from <= ?4 AND ?4 < g.valid_to AND EXISTS (SELECT 1 FROM json_each(g.game_ids) WHERE value = ?3)
           ORDER BY g.valid_to, g.created_at, g.campaign_code""",
        (user_id, currency, game_id, now),
    )
    found = []
    for row in rows.fetchall():
        grant = _grant(row)
        left = grant.count - sum(share.played + share.under_way for share in shares(db, grant.campaign_code, user_id))
        if left > 0:
            found.append((grant, left))
    return found


def _grant(row: sqlite3.Row) -> Grant:
    return Grant(
        row["campaign_code"],
        row["campaign_id"],
        row["kind"],
        tuple(json.loads(row["game_ids"])),
        row["count"],
        Decimal(row["bet_value"]),
        row["currency"],
        row["valid_from"],
        row["valid_to"],
        bool(row["canceled"]),
    )
