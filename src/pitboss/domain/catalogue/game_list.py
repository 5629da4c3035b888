"""A studio's list of games (the contract's overview, "Commands"; the studio protocol's `games`), checked as a whole.

Amounts come in the studio's units under the studio's own codes (`KIDR`) and leave in the player's currency: limits in
minor units, bet values as plain decimals. Every problem is told by index and field; nothing is guessed or left out.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeGuard

from pitboss.domain.catalogue.entry import Country
from pitboss.domain.catalogue.game import BetLimit, BetLimitSet
from pitboss.domain.money import AmountError, Unit, format_minor, parse_minor
from pitboss.domain.outbound import Reach, url_problem

MOST_GAMES = 20_000
DEVICES = ("desktop", "mobile")
_HIGHEST_ID = 999_999
_HIGHEST_RTP = 200
_HIGHEST_CONTRIBUTION = 100
_RTP_DECIMALS = 6
_MOST_VALUES = 200
_LONGEST_NAME = 200
_CATEGORY = re.compile(r"[a-z0-9_]{1,40}")
_SET_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")

UnitOf = Callable[[str], Unit | None]
"""What the studio means by a currency code; None when that is not known, or is counted in another unit."""


@dataclass(frozen=True, slots=True)
class ListedGame:
    """One game of the list; amounts in the player's currency."""

    provider_game_id: int
    name: str
    category: str
    rtp: Decimal | None
    has_free_round: bool
    has_free_chip: bool
    fun_mode: bool
    devices: tuple[str, ...]
    logo_url: str
    bet_values: Mapping[str, tuple[str, ...]]
    restricted_countries: tuple[str, ...]
    prohibited_countries: tuple[str, ...]
    contribution: int | None
    """Percent of a stake that counts towards wagering; None where the list says nothing of it."""


@dataclass(frozen=True, slots=True)
class GameList:
    """A list without problems; the limit sets of all games of a category are merged."""

    games: tuple[ListedGame, ...]
    limit_sets: Mapping[str, tuple[BetLimitSet, ...]]


class GameListInvalid(ValueError):
    """The list cannot be taken; `problems` has one line for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Digits(str):
    """A JSON number with a fraction, as written: exact, and not to be taken for a text."""

    __slots__ = ()


def decode_game_list(data: bytes) -> object:
    """JSON without loss: numbers keep their digits, a member named twice is refused. Raises GameListInvalid."""
    try:
        return json.loads(data, parse_float=_Digits, parse_constant=_no_number, object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise GameListInvalid([f"not JSON: {error}"]) from None


def _no_number(text: str) -> object:
    raise ValueError(f"{text} is no number")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a member is named twice: {next(name for name in names if names.count(name) > 1)[:40]!r}")
    return members


def read_game_list(document: object, unit_of: UnitOf, country: Country, reach: Reach) -> GameList:
    """The whole list, or GameListInvalid with every problem in it. `document` comes from `decode_game_list`."""
    if not isinstance(document, list):
        raise GameListInvalid(["must be a list of games"])
    if len(document) > MOST_GAMES:
        raise GameListInvalid([f"has more than {MOST_GAMES} games"])
    reading = _Reading(unit_of, country, reach)
    for index, item in enumerate(document):
        reading.game(f"[{index}]", item)
    if reading.problems:
        raise GameListInvalid(reading.problems)
    return GameList(tuple(reading.games), reading.merged())


class _Reading:
    def __init__(self, unit_of: UnitOf, country: Country, reach: Reach) -> None:
        self.unit_of, self.country, self.reach = unit_of, country, reach
        self.problems: list[str] = []
        self.games: list[ListedGame] = []
        self.places: dict[int, str] = {}
        self.sets: dict[tuple[str, str], BetLimitSet] = {}
        self.defaults: dict[str, str] = {}

    def wrong(self, place: str, problem: str) -> None:
        self.problems.append(f"{place} {problem}")

    def game(self, place: str, item: object) -> None:
        if not isinstance(item, dict):
            return self.wrong(place, "must be an object")
        before = len(self.problems)
        game = ListedGame(
            provider_game_id=self.game_id(f"{place}.gameId", item.get("gameId")),
            name=self.name(f"{place}.name", item.get("name")),
            category=self.category(f"{place}.category", item.get("category")),
            rtp=self.rtp(f"{place}.rtp", item.get("rtp")),
            has_free_round=self.flag(f"{place}.hasFreeRound", item.get("hasFreeRound")),
            has_free_chip=self.flag(f"{place}.hasFreeChip", item.get("hasFreeChip")),
            fun_mode=self.flag(f"{place}.funMode", item.get("funMode")),
            devices=self.devices(f"{place}.devices", item.get("devices")),
            logo_url=self.logo(f"{place}.logoUrl", item.get("logoUrl")),
            bet_values=dict(self.bet_values(f"{place}.betValues", item.get("betValues"))),
            restricted_countries=self.countries(f"{place}.restrictedCountries", item.get("restrictedCountries")),
            prohibited_countries=self.countries(f"{place}.prohibitedCountries", item.get("prohibitedCountries")),
            contribution=self.contribution(f"{place}.wageringContribution", item.get("wageringContribution")),
        )
        sets = list(self.limit_sets(f"{place}.betLimits", item.get("betLimits")))
        if len(self.problems) == before:
            self.games.append(game)
            for limit_set in sets:
                self.merge(f"{place}.betLimits.{limit_set.id}", game.category, limit_set)
        return None

    def game_id(self, place: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _HIGHEST_ID:
            self.wrong(place, "must be a whole number of at most 6 digits")
            return 0
        if value in self.places:
            self.wrong(place, f"{value} was given to {self.places[value]} already")
        self.places.setdefault(value, place.split(".", 1)[0])
        return value

    def name(self, place: str, value: object) -> str:
        if not _is_text(value) or not value.isprintable() or not value.strip() or len(value) > _LONGEST_NAME:
            self.wrong(place, f"must be a text of 1 to {_LONGEST_NAME} printable characters")
        return str(value).strip()

    def category(self, place: str, value: object) -> str:
        if not isinstance(value, str) or not _CATEGORY.fullmatch(value):
            self.wrong(place, "must be 1 to 40 of a-z, 0-9 and _")
        return str(value)

    def rtp(self, place: str, value: object) -> Decimal | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        try:
            parts = parse_minor(value, _RTP_DECIMALS) if isinstance(value, str) else 0
        except AmountError:
            parts = 0
        if not 0 < parts <= _HIGHEST_RTP * 10**_RTP_DECIMALS:
            self.wrong(place, f"must be a percentage such as 96.21, above 0 and at most {_HIGHEST_RTP}")
            return None
        return Decimal(str(value))

    def contribution(self, place: str, value: object) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _HIGHEST_CONTRIBUTION:
            self.wrong(place, f"must be a whole percentage from 0 to {_HIGHEST_CONTRIBUTION}")
            return None
        return value

    def flag(self, place: str, value: object) -> bool:
        if value is None:
            return False
        if not isinstance(value, bool):
            self.wrong(place, "must be true or false")
        return bool(value)

    def devices(self, place: str, value: object) -> tuple[str, ...]:
        if value is None:
            return DEVICES
        if not isinstance(value, list) or not value or any(device not in DEVICES for device in value):
            self.wrong(place, "must be a list of desktop and mobile")
            return ()
        return tuple(device for device in DEVICES if device in value)

    def logo(self, place: str, value: object) -> str:
        if value is None or value == "":
            return ""
        problem = url_problem(value, self.reach) if _is_text(value) else "must be a text"
        if problem is not None:
            self.wrong(place, problem)
        return str(value)

    def countries(self, place: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(place, "must be a list of countries")
            return ()
        found = [self.country(item) if _is_text(item) else None for item in value]
        for index, code in enumerate(found):
            if code is None:
                self.wrong(f"{place}[{index}]", "is not a country")
        return tuple(dict.fromkeys(code for code in found if code is not None))

    def bet_values(self, place: str, value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, unit, values in self.by_unit(place, value):
            if not isinstance(values, list) or not 1 <= len(values) <= _MOST_VALUES:
                self.wrong(name, f"must be a list of 1 to {_MOST_VALUES} amounts")
                continue
            amounts = [self.amount(f"{name}[{index}]", text, unit) for index, text in enumerate(values)]
            if any(amount == 0 for amount in amounts):
                self.wrong(name, "must hold amounts above 0")
            amounts = sorted(set(amounts))
            yield unit.currency.code, tuple(format_minor(amount, unit.currency.scale) for amount in amounts)

    def by_unit(self, place: str, value: object) -> Iterator[tuple[str, Unit, object]]:
        if value is None:
            return
        if not isinstance(value, dict):
            self.wrong(place, "must be an object with a member for each currency")
            return
        for code, inner in value.items():
            name, unit = f"{place}.{code[:20]}", self.unit_of(code)
            if unit is None:
                self.wrong(name, "is no currency this provider counts in")
            else:
                yield name, unit, inner

    def amount(self, place: str, value: object, unit: Unit) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.wrong(place, "must be a decimal text")
            return -1
        try:
            minor = parse_minor(value, unit.scale)
        except AmountError as error:
            self.wrong(place, str(error))
            return -1
        if minor < 0:
            self.wrong(place, "must not be negative")
        return minor

    def limit_sets(self, place: str, value: object) -> Iterator[BetLimitSet]:
        if value is None:
            return
        if not isinstance(value, dict):
            self.wrong(place, "must be an object with a member for each set")
            return
        for set_id, inner in value.items():
            name = f"{place}.{set_id[:40]}"
            if not _SET_ID.fullmatch(set_id):
                self.wrong(name, "must be named with 1 to 40 of A-Z, a-z, 0-9, _, . and -")
            elif not isinstance(inner, dict):
                self.wrong(name, "must be an object")
            else:
                label = inner.get("label", set_id)
                limits = dict(self.limits(f"{name}.limits", inner.get("limits")))
                is_default = self.flag(f"{name}.isDefault", inner.get("isDefault"))
                yield BetLimitSet(set_id, self.name(f"{name}.label", label), is_default, limits)

    def limits(self, place: str, value: object) -> Iterator[tuple[str, BetLimit]]:
        for name, unit, pair in self.by_unit(place, value):
            if not isinstance(pair, dict):
                self.wrong(name, "must be an object with min and max")
                continue
            lowest = self.amount(f"{name}.min", pair.get("min", "0"), unit)
            highest = self.amount(f"{name}.max", pair.get("max"), unit)
            if 0 <= highest < lowest:
                self.wrong(f"{name}.max", "must not be below min")
            yield unit.currency.code, BetLimit(lowest, highest)

    def merge(self, place: str, category: str, found: BetLimitSet) -> None:
        """A set belongs to the category: its games may name it again, and add currencies, but not say otherwise."""
        known = self.sets.get((category, found.id))
        if found.is_default and self.defaults.setdefault(category, found.id) != found.id:
            self.wrong(f"{place}.isDefault", f"contradicts {self.defaults[category]}, the default of {category} above")
        if known is None:
            self.sets[category, found.id] = found
            return
        if found.label != known.label:
            self.wrong(f"{place}.label", f"contradicts another game of {category}")
        if found.is_default != known.is_default:
            self.wrong(f"{place}.isDefault", f"contradicts another game of {category}")
        for code, limit in found.limits.items():
            if known.limits.get(code, limit) != limit:
                self.wrong(f"{place}.limits.{code}", f"contradicts another game of {category}")
        merged = {**known.limits, **found.limits}
        self.sets[category, found.id] = BetLimitSet(known.id, known.label, known.is_default, merged)

    def merged(self) -> dict[str, tuple[BetLimitSet, ...]]:
        categories = dict.fromkeys(category for category, _ in self.sets)
        return {
            category: tuple(limit_set for (of, _), limit_set in self.sets.items() if of == category)
            for category in categories
        }


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and not isinstance(value, _Digits)
