"""What makes an event wrong (the contract, "The event API"): every problem of an event, each under its member's name."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from pitboss.domain.events.event import (
    DEPOSIT,
    GAME,
    GAMEROUND,
    LOGIN,
    PLAYER,
    WITHDRAW,
    Event,
)

MAX_ID = 255
MAX_TEXT = 1_000
MAX_LISTED = 1_000
MAX_AHEAD = timedelta(hours=24)
GENDERS = ("M", "F")
FREESPINS = ("yes", "no", "unknown")
CONVERTED_DECIMALS = 18
"""Decimals an amount converted to another currency may have; the others have their currency's at most."""

Problem = tuple[str, str]
"""A member's name, and what is wrong with it."""

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,30})?)?(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9:.,]*)?")
_NUMBER = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?")
_PLAIN = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*[1-9])?")
"""A number that is spelled as it is kept."""
_MAX_SPELLING = 100
MAX_WHOLE = 18


class Wrong(ValueError):
    """The event cannot be meant; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{name} {text}" for name, text in problems))
        self.problems = problems


class Judge:
    """Judges the events of one batch. `scale_of`: a currency's decimals, None for one that is neither ISO 4217 nor the tenant's."""

    def __init__(self, scale_of: Callable[[str], int | None], now: datetime) -> None:
        self.scale_of = scale_of
        self.latest = now + MAX_AHEAD

    def gameround(
        self,
        unique_id: str,
        timestamp: str,
        player_id: str,
        game_id: str,
        round_id: str,
        amount: str,
        currency: str,
        is_win: bool,
        is_bonus: bool,
        corrects: str | None,
    ) -> Event:
        """A bet or a win. Raises Wrong."""
        problems: list[Problem] = []
        at = self.time("timestamp", timestamp, problems)
        longest = max(len(unique_id), len(player_id), len(game_id), len(round_id))
        if longest > MAX_ID or not (unique_id and player_id and game_id and round_id):
            _ids(problems, unique_id=unique_id, player_id=player_id, game_id=game_id, round_id=round_id)
        if corrects is not None:
            _ids(problems, corrects=corrects)
            if corrects == unique_id:
                problems.append(("corrects", "names the event itself"))
        exact = self.money(amount, currency, problems)
        if problems:
            raise Wrong(problems)
        return Event(
            GAMEROUND, unique_id, at, player_id, game_id, round_id, currency, exact, None, is_win, is_bonus, None, corrects
        )  # fmt: skip

    def deposit(
        self, unique_id: str, timestamp: str, player_id: str, amount: str, currency: str, method: str, amount_eur: str | None
    ) -> Event:  # fmt: skip
        """A deposit that succeeded. Raises Wrong."""
        return self._payment(DEPOSIT, unique_id, timestamp, player_id, amount, currency, method, amount_eur)

    def withdraw(
        self, unique_id: str, timestamp: str, player_id: str, amount: str, currency: str, method: str
    ) -> Event:
        """A withdrawal that succeeded. Raises Wrong."""
        return self._payment(WITHDRAW, unique_id, timestamp, player_id, amount, currency, method, None)

    def _payment(
        self,
        kind: str,
        unique_id: str,
        timestamp: str,
        player_id: str,
        amount: str,
        currency: str,
        method: str,
        amount_eur: str | None,
    ) -> Event:
        problems: list[Problem] = []
        at = self.time("timestamp", timestamp, problems)
        _ids(problems, unique_id=unique_id, player_id=player_id)
        exact = self.money(amount, currency, problems)
        euros = None
        if amount_eur is not None:
            euros = _exact("amount_eur", amount_eur, CONVERTED_DECIMALS, "an amount", problems)
        _text(problems, "method", method, least=1)
        if problems:
            raise Wrong(problems)
        return Event(kind, unique_id, at, player_id, None, None, currency, exact, euros, method=method)

    def login(self, unique_id: str, timestamp: str, player_id: str) -> Event:
        """A login. Raises Wrong."""
        problems: list[Problem] = []
        at = self.time("timestamp", timestamp, problems)
        _ids(problems, unique_id=unique_id, player_id=player_id)
        if problems:
            raise Wrong(problems)
        return Event(LOGIN, unique_id, at, player_id)

    def player(self, unique_id: str, timestamp: str, player_id: str, said: Mapping[str, object]) -> Event:
        """What is new about a player; `said` holds the members that are there, of the right types. Raises Wrong."""
        problems: list[Problem] = []
        at = self.time("timestamp", timestamp, problems)
        _ids(problems, unique_id=unique_id, player_id=player_id)
        changes = dict(said)
        _profile(changes, problems)
        registered = changes.get("registration_date")
        if isinstance(registered, str):
            changes["registration_date"] = told_time(self.time("registration_date", registered, problems))
        currency = changes.get("currency")
        if isinstance(currency, str) and self.scale_of(currency) is None:
            problems.append(("currency", _NO_CURRENCY))
        if changes.get("gender") not in (None, *GENDERS):
            problems.append(("gender", "must be M, F or null"))
        if problems:
            raise Wrong(problems)
        return Event(PLAYER, unique_id, at, player_id, changes=changes)

    def game(self, unique_id: str, timestamp: str, game_id: str, said: Mapping[str, object]) -> Event:
        """What is new about a game; `said` as for a player. Raises Wrong."""
        problems: list[Problem] = []
        at = self.time("timestamp", timestamp, problems)
        _ids(problems, unique_id=unique_id, game_id=game_id)
        changes = dict(said)
        _profile(changes, problems)
        if changes.get("has_freespins") not in (None, *FREESPINS):
            problems.append(("has_freespins", "must be yes, no, unknown or null"))
        if problems:
            raise Wrong(problems)
        return Event(GAME, unique_id, at, game_id=game_id, changes=changes)

    def time(self, name: str, text: str, problems: list[Problem]) -> datetime:
        """A moment in UTC; what is wrong with it is added to `problems`."""
        if _TIME.fullmatch(text) is None:
            naive = _LOCAL_TIME.fullmatch(text) is not None
            problems.append((name, "must say its offset from UTC, as in …Z" if naive else _NO_TIME))
            return self.latest
        try:
            at = datetime.fromisoformat(text) if text[-1] == "Z" and text[17:19] != "60" else _in_utc(text)
        except (ValueError, OverflowError):
            problems.append((name, "is no such time"))
            return self.latest
        if at > self.latest:
            problems.append((name, "is more than 24 hours in the future"))
        return at

    def money(self, amount: str, currency: str, problems: list[Problem]) -> str:
        """An amount in major units, exact, without trailing zeros; what is wrong with it or its currency is added to `problems`."""
        scale = self.scale_of(currency)
        if scale is None:
            problems.append(("currency", _NO_CURRENCY))
            scale = CONVERTED_DECIMALS
        return _exact("amount", amount, scale, currency, problems)


_NO_CURRENCY = "must be an ISO 4217 code or one of the tenant's currencies"
_NO_TIME = "must be an ISO 8601 time with an offset, like 2026-01-31T13:00:00Z"


def _in_utc(text: str) -> datetime:
    # ISO 8601 knows a leap second; this calendar does not.
    leap = text[16:19] == ":60"
    if leap:
        text = f"{text[:16]}:59{text[19:]}"
    at = datetime.fromisoformat(text if text[-1] != "z" else text.upper())
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at + timedelta(seconds=1) if leap else at


def told_time(at: datetime) -> str:
    """UTC, as short as it is exact: `2026-01-31T13:00:00Z`."""
    return at.isoformat().replace("+00:00", "Z")


def _ids(problems: list[Problem], **ids: str) -> None:
    for name, text in ids.items():
        if not 0 < len(text) <= MAX_ID:
            problems.append((name, f"must have 1 to {MAX_ID} characters"))


def _text(problems: list[Problem], name: str, text: str, least: int = 0) -> None:
    if not least <= len(text) <= MAX_TEXT:
        problems.append((name, f"must have {least} to {MAX_TEXT} characters"))


def _profile(said: Mapping[str, object], problems: list[Problem]) -> None:
    for name, value in said.items():
        if isinstance(value, str):
            _text(problems, name, value)
        elif isinstance(value, list):
            if len(value) > MAX_LISTED:
                problems.append((name, f"must list at most {MAX_LISTED}"))
            for item in value[:MAX_LISTED]:
                if len(item) > MAX_TEXT:
                    problems.append((name, f"lists one of more than {MAX_TEXT} characters"))
                    break


def _exact(name: str, text: str, scale: int, of: str, problems: list[Problem]) -> str:
    """A JSON number's spelling -> plain decimal without trailing zeros; small exponents are worked out, nothing is rounded."""
    if _PLAIN.fullmatch(text) is not None and len(text.partition(".")[2]) <= scale:
        return text
    match = _NUMBER.fullmatch(text) if len(text) <= _MAX_SPELLING else None
    if match is None:
        problems.append((name, "must be a plain number"))
        return "0"
    sign, whole, fraction, exponent = match.groups(default="")
    if exponent:
        whole, fraction = _shifted(whole, fraction, int(exponent))
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    if sign and (whole != "0" or fraction):
        problems.append((name, "must not be negative"))
    elif len(whole) > MAX_WHOLE:
        problems.append((name, f"must have at most {MAX_WHOLE} digits before the point"))
    elif len(fraction) > scale:
        problems.append((name, f"has more decimals than {of} has ({scale})"))
    return f"{whole}.{fraction}" if fraction else whole


def _shifted(whole: str, fraction: str, places: int) -> tuple[str, str]:
    """The digits with the point moved; the caller judges how many there are. At most 999 places."""
    digits = whole + fraction
    point = len(whole) + places
    if not digits.strip("0"):
        return "0", ""
    if point <= 0:
        return "0", "0" * -point + digits
    return digits[:point].ljust(point, "0"), digits[point:]
