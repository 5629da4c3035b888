"""A game of a provider, and the stake ranges it may be played in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class BetLimit(NamedTuple):
    """Smallest and largest stake of one bet, minor units of the player's currency."""

    min_stake: int
    max_stake: int


@dataclass(frozen=True, slots=True)
class BetLimitSet:
    """A named set of limits of one provider's category; limits by currency code."""

    id: str
    label: str
    is_default: bool
    limits: Mapping[str, BetLimit]


@dataclass(frozen=True, slots=True)
class Game:
    """`id` is the hub's integer, `provider_game_id` the studio's, `code` the agent API's (`house_00001`)."""

    id: int
    provider_id: int
    provider_game_id: int
    code: str
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
    active: bool
    created_at: datetime
    default_limits: Mapping[str, BetLimit]
    """Limits in force for players without a set of their own, by currency code."""
    limit_sets: Mapping[str, Mapping[str, BetLimit]] = field(default_factory=dict)
    """All limits of its category, by the set's id and currency code."""
    contribution: int = 100
    """Percent of a stake that counts towards a bonus's wagering."""
