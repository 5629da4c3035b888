"""One person looking at one page: who, where, and how times and money are told to this person."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request

from pitboss.backoffice.office import Office
from pitboss.backoffice.url import Url
from pitboss.domain.money import Currency, format_fixed
from pitboss.storage.staff.sessions import Visitor

ZONE_COOKIE, THEME_COOKIE = "pitboss_zone", "pitboss_theme"
_THEMES = {"dark": True, "light": False}


@dataclass(frozen=True, slots=True)
class Visit:
    """`dark` is None where the browser's own setting counts."""

    office: Office
    who: Visitor
    url: Url
    zone: ZoneInfo
    dark: bool | None

    def moment(self, at: datetime) -> str:
        """A time as the person's clock shows it, to the second."""
        try:
            return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
        except OverflowError:
            # "For ever" is often written as the last moment of the year 9999, and east of Greenwich that is no time.
            return utc(at)

    def day(self) -> datetime:
        """The start of the person's day of today (UTC)."""
        now = self.office.hub.clock().astimezone(self.zone)
        return now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def utc(at: datetime) -> str:
    """The same time for everybody, to the millisecond: what hovering over a time shows."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"


def money(minor: int, currency: Currency) -> str:
    """An amount with its currency, thousands apart."""
    whole, point, decimals = format_fixed(minor, currency.scale).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{decimals} {currency.code}"


def visit_of(office: Office, request: Request) -> Visit:
    """The visit of a request that came through the door."""
    cookies = request.cookies
    return Visit(
        office,
        request.scope["pitboss.visitor"],
        Url(request.url.path, {name: value for name, value in request.query_params.items() if value}),
        _zone(cookies.get(ZONE_COOKIE)),
        _THEMES.get(cookies.get(THEME_COOKIE, "")),
    )


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(unquote(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
