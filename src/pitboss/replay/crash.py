"""Bets of a crash game as a CSV file records them, as casino events.

Columns: `bet_id`, `game_id` (the round), `player`, `bet`, `cashed_out` (the multiple) and `profit` (what came back beyond the bet),
both empty where the bet was lost, and `played_at`. Others are let pass.
"""

import csv
import gzip
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple, TextIO

from pitboss.domain.money import format_decimal

GAME = "crash"
_WANTED = ("bet_id", "game_id", "player", "bet", "cashed_out", "profit", "played_at")


class BadFile(Exception):
    """Not such a file; the message is one line."""


class Item(NamedTuple):
    """One event, as JSON, and its unique_id."""

    unique_id: str
    text: str


def read_crash(file: Path, currency: str) -> Iterator[Item]:
    """The game, then a bet and, where it won, a win for each line; ids are made from `bet_id`. Raises BadFile."""
    yield _game()
    try:
        with _opened(file) as lines:
            rows = csv.DictReader(lines)
            missing = [name for name in _WANTED if name not in (rows.fieldnames or ())]
            if missing:
                raise BadFile(f"{file}: has no column {missing[0]}")
            for row in rows:
                try:
                    yield from _events(row, currency)
                except (InvalidOperation, TypeError, ValueError):
                    raise BadFile(f"{file}, line {rows.line_num}: is not a bet") from None
    except OSError as error:
        raise BadFile(f"{file}: {error.strerror or 'is not gzip'}") from None
    except (UnicodeDecodeError, EOFError, csv.Error):
        raise BadFile(f"{file}: is not a CSV file") from None


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", newline="")
    return file.open(encoding="utf-8", newline="")


def _game() -> Item:
    said = '"timestamp": "2000-01-01T00:00:00Z", "game_id": "crash", "name": "Crash", "categories": ["crash"]'
    return Item("crash-game", f'{{"event": "game", "data": {{"unique_id": "crash-game", {said}}}}}')


def _events(row: dict[str, str], currency: str) -> Iterator[Item]:
    bet = Decimal(row["bet"])
    yield _gameround(row, f"crash-{int(row['bet_id'])}-bet", bet, currency, "false")
    if row["cashed_out"]:
        yield _gameround(row, f"crash-{int(row['bet_id'])}-win", bet + Decimal(row["profit"]), currency, "true")


def _gameround(row: dict[str, str], unique_id: str, amount: Decimal, currency: str, is_win: str) -> Item:
    if not amount.is_finite():
        raise ValueError("no amount")
    text = (
        f'{{"event": "gameround", "data": {{"unique_id": "{unique_id}", "timestamp": "{_plain(row["played_at"])}", '
        f'"player_id": "crash-{int(row["player"])}", "game_id": "{GAME}", "round_id": "{int(row["game_id"])}", '
        f'"amount": {format_decimal(amount)}, "currency": "{_plain(currency)}", "is_win": {is_win}, "is_bonus": false}}}}'
    )
    return Item(unique_id, text)


def _plain(text: str) -> str:
    """Text that needs no escape in JSON."""
    if not text.isascii() or '"' in text or "\\" in text or not text.isprintable():
        raise ValueError("odd text")
    return text
