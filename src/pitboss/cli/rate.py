"""`pitboss rate`: exchange rates."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pitboss.cli.administration import AsJson, Desk, at_desk, show_object, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.catalogue.entry import read_currency
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import format_decimal
from pitboss.storage.catalogue.rates import Rate, list_rates, read_rate, set_rate

app = typer.Typer(no_args_is_help=True)


@app.command("set")
def set_(
    from_currency: Annotated[str, typer.Option("--from", help="One unit of this currency…")],
    to_currency: Annotated[str, typer.Option("--to", help="…is so much of this one.")],
    rate: Annotated[str, typer.Option(help="A plain decimal above 0.")],
    at: Annotated[str | None, typer.Option(help="From this instant on (RFC 3339); now when left out.")] = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Set what one currency is in another, from an instant on. The other direction is a rate of its own.

    Example: pitboss rate set --from EUR --to THB --rate 37.85
    """

    async def work(desk: Desk) -> Rate:
        codes = read_currency("from", from_currency).code, read_currency("to", to_currency).code
        new = Rate(*codes, desk.now if at is None else _instant(at), read_rate(rate))
        await set_rate(desk.conn, new, actor=desk.actor, now=desk.now)
        return new

    show_object(_told(at_desk(work, database_url)), as_json)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Invalid("at", "must be an instant such as 2026-01-31T00:00:00Z")
    return instant.astimezone(UTC)


@app.command("list")
def list_(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List all rates, newest first.

    Example: pitboss rate list
    """

    async def work(desk: Desk) -> list[Rate]:
        return await list_rates(desk.conn)

    show_rows([_told(rate) for rate in at_desk(work, database_url)], as_json)


def _told(rate: Rate) -> dict[str, object]:
    return {
        "from": rate.from_currency,
        "to": rate.to_currency,
        "rate": format_decimal(rate.rate),
        "valid_from": rate.valid_from.isoformat(),
    }
