"""A gift: a template filled in for some games, a stake and a time. A template changed later changes none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from pitboss.domain.bonus.template import BonusType, Template
from pitboss.domain.catalogue.game import Game
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency, parse_minor

MOST_STAKES = 10_000


class Gift(NamedTuple):
    """What one campaign is. `value` and `max_conversion`: minor units of `currency`. `reference` is the caller's own name for it,
    given once; `said`: what a repetition must match."""

    reference: str
    said: str
    template: str
    name: str
    kind: BonusType
    provider_id: int
    games: tuple[int, ...]
    wager_games: tuple[int, ...]
    currency: str
    value: int
    stakes: int
    multiplier: Decimal
    max_conversion: int | None
    valid_from: datetime
    use_by: datetime
    expires_at: datetime


def fill_in(
    template: Template,
    games: Sequence[Game],
    wager_games: Sequence[Game],
    currency: Currency,
    *,
    value: int,
    stakes: int,
    multiplier: Decimal | None,
    valid_from: datetime | None,
    use_by: datetime | None,
    reference: str,
    said: str,
    now: datetime,
) -> Gift:
    """The gift a caller asks for. `games` are of one studio. `multiplier` is the caller's own, where the template allows one.

    Raises Invalid: stakes, value, multiplier, from, to, games.
    """
    if not 1 <= stakes <= MOST_STAKES:
        raise Invalid("stakes", f"must be from 1 to {MOST_STAKES}")
    _check_allowed(template, games, currency, value, multiplier)
    begins = valid_from or now
    ends = use_by or begins + timedelta(days=template.days_to_use)
    if ends <= begins or ends <= now:
        raise Invalid("to", "must be later than from, and than now")
    most = template.max_conversion.get(currency.code)
    return Gift(
        reference=reference,
        said=said,
        template=template.code,
        name=template.name,
        kind=template.type,
        provider_id=games[0].provider_id,
        games=tuple(sorted({game.id for game in games})),
        wager_games=tuple(sorted({game.id for game in wager_games})),
        currency=currency.code,
        value=value,
        stakes=stakes,
        multiplier=template.multiplier if multiplier is None else multiplier,
        max_conversion=None if most is None else parse_minor(most, currency.scale),
        valid_from=begins,
        use_by=ends,
        expires_at=max(ends, begins + timedelta(days=template.days_valid)),
    )


def _check_allowed(
    template: Template, games: Sequence[Game], currency: Currency, value: int, multiplier: Decimal | None
) -> None:
    """What the template leaves to the caller. Raises Invalid."""
    allowed = template.currency_values.get(currency.code)
    if allowed is not None and value not in {parse_minor(text, currency.scale) for text in allowed}:
        raise Invalid("value", f"must be one of {', '.join(allowed)}")
    if multiplier is not None and multiplier != template.multiplier and not template.multiplier_settable:
        raise Invalid("multiplier", "may not be set with this template")
    outside = [game.code for game in games if template.games and game.code not in template.games]
    if outside:
        raise Invalid("games", f"{outside[0]} is not a game of this template")
