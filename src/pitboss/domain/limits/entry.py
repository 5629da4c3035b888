"""What may be written to set a player's own limits: each rule once, for the command line and the back office."""

from datetime import UTC, datetime

from pitboss.domain.invalid import Invalid
from pitboss.domain.limits.player_limits import LimitKind, LimitName, Period
from pitboss.domain.money import AmountError, Currency, parse_minor

NONE = "none"


def read_limit(
    field: str, kind: LimitKind, period: str, amount: str, currency: Currency
) -> tuple[LimitName, int | None]:
    """A limit's name, and minor units of the currency or whole minutes; None for `none`. Raises Invalid."""
    if period not in tuple(Period):
        raise Invalid(field, "must look like day=100; the periods are day, week and month")
    is_time = kind is LimitKind.SESSION_TIME
    name = LimitName(kind, Period(period), "" if is_time else currency.code)
    if amount == NONE:
        return name, None
    try:
        value = parse_minor(amount, 0 if is_time else currency.scale)
    except AmountError as error:
        raise Invalid(field, str(error)) from None
    if value < 0:
        raise Invalid(field, "must not be negative")
    return name, value


def read_until(field: str, text: str, now: datetime) -> datetime | None:
    """The end of a time away (UTC); None for `none`. Raises Invalid."""
    if text == NONE:
        return None
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(field, "must be a time like 2026-12-31T00:00:00Z, or none") from None
    if until.tzinfo is None or until <= now:
        raise Invalid(field, "must be in the future, with its offset from UTC")
    return until.astimezone(UTC)
