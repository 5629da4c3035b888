"""`pitboss studio pending`: what waits, for people and for programs."""

from dataclasses import asdict

from rich import box
from rich.table import Table

from pitboss_studio.clock import as_datetime, now_ms
from pitboss_studio.games.game import Json
from pitboss_studio.storage.waiting import Waiting

MEANING = {
    "BET": "bet sent, not answered",
    "WIN": "win owed",
    "CANCEL": "bet to be cancelled",
    "CONFIRM": "cancel sent again",
    "PLAY": "the player's turn",
}


def as_json(waiting: list[Waiting]) -> list[Json]:
    """One object each; round ids are strings, `since` is UTC, amounts are decimal strings in the currency's units."""
    return [
        {**asdict(one), "round_id": str(one.round_id), "since": as_datetime(one.since).isoformat()} for one in waiting
    ]


def as_table(waiting: list[Waiting]) -> Table:
    """One line each, longest wait first."""
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("round", "what", "since (UTC)", "waits", "attempts", "last answer", "player", "stake", "win"):
        table.add_column(title, justify="right" if title in ("waits", "attempts", "stake", "win") else "left")
    now = now_ms()
    for one in waiting:
        table.add_row(
            str(one.round_id),
            MEANING[one.what],
            as_datetime(one.since).strftime("%Y-%m-%d %H:%M:%S"),
            f"{max(0, now - one.since) // 1000} s",
            str(one.attempts),
            one.last_answer or "",
            one.user_id,
            f"{one.stake} {one.currency}",
            one.win or "",
        )
    return table
