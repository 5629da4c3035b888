"""`pitboss player limits`: a player's own limits, shown and set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, NamedTuple

import typer

from pitboss.cli.administration import AgentId, AsJson, Desk, at_desk, show_object
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.limits.entry import NONE, read_limit, read_until
from pitboss.domain.limits.player_limits import Held, LimitKind, LimitName, PlayerLimits
from pitboss.domain.limits.use import used
from pitboss.domain.money import Currency, format_minor
from pitboss.storage.players.limits import Limited
from pitboss.storage.players.support import change_limits, currency_of, see_limits

app = typer.Typer(
    no_args_is_help=True, help="A player's own limits: stricter ones hold at once, looser ones in 24 hours."
)

Username = Annotated[str, typer.Argument(metavar="USERNAME", help="The player's name with its agent.")]
Amounts = Annotated[list[str] | None, typer.Option(help="PERIOD=AMOUNT, or PERIOD=none; PERIOD is day, week or month.")]
Until = Annotated[str | None, typer.Option(help="A time like 2026-12-31T00:00:00Z, or none.")]


class _Wish(NamedTuple):
    """What the options ask for; `amounts` as they were written."""

    amounts: Mapping[LimitKind, list[str]]
    currency: str | None
    cool_off: str | None
    self_exclusion: str | None


@app.command("show")
def show(username: Username, agent: AgentId, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Show a player's limits, what is used of them, and what is pending.

    Example: pitboss player limits show --agent 9 daniel
    """

    async def work(desk: Desk) -> dict[str, object]:
        known, currencies = await see_limits(desk.conn, agent, username)
        return _told(username, known, currencies, desk.now)

    show_object(at_desk(work, database_url), as_json)


@app.command("set")
def set_(
    username: Username,
    agent: AgentId,
    deposit: Amounts = None,
    wager: Amounts = None,
    loss: Amounts = None,
    session_time: Annotated[list[str] | None, typer.Option(help="PERIOD=MINUTES, or PERIOD=none.")] = None,
    currency: Annotated[
        str | None, typer.Option(help="Of the amounts; the player's, or the agent's base currency.")
    ] = None,
    cool_off_until: Until = None,
    self_excluded_until: Until = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Set limits of a player; those that are not named stay.

    Example: pitboss player limits set --agent 9 daniel --wager day=100 --loss week=250 --session-time day=90 --currency EUR
    """
    amounts = {
        LimitKind.DEPOSIT: deposit or [], LimitKind.WAGER: wager or [], LimitKind.LOSS: loss or [],
        LimitKind.SESSION_TIME: session_time or [],
    }  # fmt: skip
    wish = _Wish(amounts, currency, cool_off_until, self_excluded_until)

    async def work(desk: Desk) -> dict[str, object]:
        unit = await currency_of(desk.conn, agent, username, currency)

        def change(limits: PlayerLimits) -> PlayerLimits:
            return _changed(limits, wish, unit, desk.now)

        known, currencies = await change_limits(desk.conn, agent, username, change, actor=desk.actor, now=desk.now)
        return _told(username, known, currencies, desk.now)

    show_object(at_desk(work, database_url), as_json)


def _changed(limits: PlayerLimits, wish: _Wish, currency: Currency, now: datetime) -> PlayerLimits:
    for kind, texts in wish.amounts.items():
        for text in texts:
            name, value = _limit(kind, text, currency)
            limits = limits.set_limit(name, value, now)
    if wish.cool_off is not None:
        limits = limits.set_cool_off(read_until("cool_off_until", wish.cool_off, now), now)
    if wish.self_exclusion is not None:
        limits = limits.set_self_exclusion(read_until("self_excluded_until", wish.self_exclusion, now), now)
    return limits


def _limit(kind: LimitKind, text: str, currency: Currency) -> tuple[LimitName, int | None]:
    option = "session_time" if kind is LimitKind.SESSION_TIME else kind.value
    period, equals, amount = text.partition("=")
    return read_limit(option, kind, period if equals else "", amount, currency)


def _told(username: str, known: Limited, currencies: Mapping[str, Currency], now: datetime) -> dict[str, object]:
    limits = [_shown(name, held.at(now), known, currencies, now) for name, held in sorted(known.limits.limits.items())]
    return {
        "username": username,
        "limits": [limit for limit in limits if limit],
        "cool_off_until": _shown_until(known.limits.cool_off_until.at(now), now),
        "self_excluded_until": _shown_until(known.limits.self_excluded_until.at(now), now),
    }


def _shown(
    name: LimitName, held: Held[int], known: Limited, currencies: Mapping[str, Currency], now: datetime
) -> dict[str, object]:
    if held.empty:
        return {}
    scale = currencies[name.currency].scale if name.currency else 0
    uses = [use for code, use in known.uses.items() if name.currency in ("", code)]
    shown: dict[str, object] = {
        "type": name.kind.value,
        "period": name.period.value,
        "currency": name.currency or None,
        "limit": None if held.value is None else format_minor(held.value, scale),
        "used": format_minor(used(uses, name.kind, name.period, now), scale),
    }
    if held.pending is not None:
        later = held.pending.value
        shown |= {
            "pending": NONE if later is None else format_minor(later, scale),
            "from": held.pending.since.isoformat(),
        }
    return shown


def _shown_until(held: Held[datetime], now: datetime) -> str | None:
    return held.value.isoformat() if held.value is not None and held.value > now else None
