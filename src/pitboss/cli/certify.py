"""`pitboss certify`: play a battery of cases on somebody's operator wallet."""

import asyncio
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, NoReturn
from urllib.parse import urlsplit

import typer
from rich.console import Console

from pitboss.certify.battery import select
from pitboss.certify.case import Case
from pitboss.certify.report_console import ConsoleReport
from pitboss.certify.report_files import as_json, as_junit
from pitboss.certify.report_page import as_page
from pitboss.certify.run import Order, Report, Unusable
from pitboss.certify.run import certify as play
from pitboss.certify.transaction import Player
from pitboss.certify.wallet import Credentials

_Url = Annotated[str | None, typer.Argument(help="The wallet's address, without a command.", show_default=False)]
_Secret = Annotated[
    str | None,
    typer.Option(envvar="PITBOSS_CERTIFY_SECRET", help="The shared secret; better in the environment or a file."),
]
_SecretFile = Annotated[Path | None, typer.Option(help="A file that holds the secret.")]
_OperatorId = Annotated[str | None, typer.Option(help="What X-Operator-Id says.")]
_Token = Annotated[
    str | None, typer.Option(envvar="PITBOSS_CERTIFY_TOKEN", help="A live session's token of the player.")
]
_User = Annotated[str | None, typer.Option(help="The player's user_id, as authenticate tells it.")]
_ExpiredToken = Annotated[str | None, typer.Option(help="A token whose session is over.")]
_BlockedUser = Annotated[str | None, typer.Option(help="The user_id of a blocked player.")]
_BlockedToken = Annotated[str | None, typer.Option(help="A token of the blocked player.")]
_SecondUser = Annotated[str | None, typer.Option(help="The user_id of another player in the same currency.")]
_SecondToken = Annotated[str | None, typer.Option(help="A live token of the other player.")]
_Currency = Annotated[str | None, typer.Option(help="The player's currency; else what authenticate tells.")]
_Scale = Annotated[
    int | None, typer.Option(min=0, max=8, help="Decimals of a currency ISO 4217 does not know; else 2.")
]
_GameId = Annotated[int, typer.Option(min=0, max=999_999, help="A game the player may play.")]
_Stake = Annotated[str | None, typer.Option(help="The amount of most bets; else 100 of the currency's smallest units.")]
_MaxSpend = Annotated[str | None, typer.Option(help="The most of the player's money to hold at a time.")]
_Only = Annotated[list[str] | None, typer.Option(help="Cases or chapters to run, such as 'cancel.*' (again for more).")]
_Skip = Annotated[list[str] | None, typer.Option(help="Cases or chapters to leave out (again for more).")]
_ListCases = Annotated[bool, typer.Option("--list", help="List the cases and what they ask, and call nobody.")]
_Timeout = Annotated[float, typer.Option(min=0.1, max=120, help="Seconds to wait for an answer.")]
_Concurrency = Annotated[int, typer.Option(min=2, max=100, help="How many calls meet where cases let them meet.")]
_JunitFile = Annotated[Path | None, typer.Option(help="Write the results as JUnit XML.")]
_HtmlFile = Annotated[Path | None, typer.Option(help="Write the report as one HTML file.")]
_JsonFile = Annotated[Path | None, typer.Option(help="Write everything as JSON.")]


def certify(
    url: _Url = None,
    secret: _Secret = None,
    secret_file: _SecretFile = None,
    operator_id: _OperatorId = None,
    token: _Token = None,
    user: _User = None,
    expired_token: _ExpiredToken = None,
    blocked_user: _BlockedUser = None,
    blocked_token: _BlockedToken = None,
    second_user: _SecondUser = None,
    second_token: _SecondToken = None,
    currency: _Currency = None,
    scale: _Scale = None,
    game_id: _GameId = 1,
    stake: _Stake = None,
    max_spend: _MaxSpend = None,
    only: _Only = None,
    skip: _Skip = None,
    list_cases: _ListCases = False,
    timeout: _Timeout = 10,
    concurrency: _Concurrency = 20,
    junit: _JunitFile = None,
    html: _HtmlFile = None,
    json: _JsonFile = None,
) -> None:
    """Certify an operator's wallet: whether it does what the wallet protocol asks, case by case.

    It plays with a real player's money, a little at a time, and gives back what it took as far as cancels do.

    Exit code 0 when all cases that ran passed, 1 when one failed, 2 when nothing could be tried.

    Example: PITBOSS_CERTIFY_SECRET=… pitboss certify https://casino.example/wallet --operator-id hub --token … --user 113
    """
    cases = select(only or [], skip or [])
    if not cases:
        _unusable("no case matches --only and --skip: see --list")
    if list_cases:
        _list(cases)
        return
    order = Order(
        _credentials(url, operator_id, _secret(secret, secret_file)),
        Player(_given(user, "--user"), _given(token, "--token")),
        cases,
        currency,
        scale,
        game_id,
        _amount(stake, "--stake"),
        _amount(max_spend, "--max-spend"),
        timeout,
        concurrency,
        expired_token,
        Player(blocked_user or "", blocked_token) if blocked_user or blocked_token else None,
        Player(second_user or "", second_token) if second_user or second_token else None,
    )
    report = _reported(order, {as_junit: junit, as_page: html, as_json: json})
    raise typer.Exit(1 if report.failed else 0)


def _reported(order: Order, wanted: dict[Callable[[Report], str], Path | None]) -> Report:
    files = {path: write for write, path in wanted.items() if path is not None}
    for path in files:
        _writable(path)
    report = _play(order)
    for path, write in files.items():
        _write(path, write(report))
    return report


def _play(order: Order) -> Report:
    console = Console()
    screen = ConsoleReport(console, len(order.cases))
    try:
        with screen:
            report = asyncio.run(play(order, screen.told, screen.began))
    except Unusable as why:
        _unusable(str(why))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    screen.summary(report)
    return report


def _list(cases: list[Case]) -> None:
    for case in cases:
        needs = f" (needs {', '.join(case.needs)})" if case.needs else ""
        kind = " (for information)" if case.informational else ""
        typer.echo(f"{case.id}: {case.title}{needs}{kind}\n    {case.asks}")
    typer.echo(f"{len(cases)} cases")


def _unusable(message: str) -> NoReturn:
    print(f"pitboss: {message}", file=sys.stderr)
    raise typer.Exit(2)


def _given(value: str | None, option: str) -> str:
    if not value:
        _unusable(f"{option} is needed")
    return value


def _secret(secret: str | None, file: Path | None) -> str:
    if file is not None:
        try:
            secret = file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            _unusable(f"--secret-file: {file} cannot be read")
    if not secret:
        _unusable("--secret-file, --secret or PITBOSS_CERTIFY_SECRET is needed")
    return secret


def _credentials(url: str | None, operator_id: str | None, secret: str) -> Credentials:
    if not url:
        _unusable("the wallet's URL is needed")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.query
    except ValueError:
        sound = False
    if not sound or not url.isascii() or not url.isprintable() or " " in url:
        _unusable("the wallet's URL must be http:// or https://, without a query")
    operator_id = _given(operator_id, "--operator-id")
    if not operator_id.isascii() or not operator_id.isprintable():
        _unusable("--operator-id goes into a header: it can hold printable ASCII only")
    return Credentials(url.rstrip("/"), operator_id, secret)


def _amount(text: str | None, option: str) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount <= 0 or amount >= 10**16:
        _unusable(f"{option} must be an amount above zero, such as 0.5")
    return amount


def _writable(path: Path) -> None:
    """Before the battery, not after it."""
    if path.is_dir() or not path.parent.is_dir():
        _unusable(f"{path} cannot be written")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        _unusable(f"{path} cannot be written: {error.strerror}")
