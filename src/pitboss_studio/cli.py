"""`pitboss studio …`: run the house studio, list its games, check their mathematics."""

import asyncio
import json
import os
import secrets as random_source
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from pitboss_studio.catalogue import catalogue
from pitboss_studio.games.game import BadStake, Game
from pitboss_studio.games.registry import all_games, comparison_of, game_named
from pitboss_studio.settings import Settings

SECRET_VARIABLE = "PITBOSS_STUDIO_SECRET"  # noqa: S105 - the variable's name, not a secret

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The house studio: a game provider.",
)


@app.command()
def run(
    wallet_url: Annotated[str, typer.Option(help="The operator's wallet, http://127.0.0.1:8080/wallet for example.")],
    operator_id: Annotated[str, typer.Option(help="The operator id the hub gave this studio.")],
    data_dir: Annotated[Path, typer.Option(help="Where rounds are kept; made when missing, mode 0700.")],
    port: Annotated[int, typer.Option(help="TCP port; 0 takes a free one.", min=0, max=65535)] = 8090,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    secret_file: Annotated[
        Path | None, typer.Option(help=f"File with the shared secret; without it {SECRET_VARIABLE} is read.")
    ] = None,
    public_url: Annotated[str, typer.Option(help="Address browsers reach the studio at.")] = "",
) -> None:
    """Run the studio in the foreground until SIGINT or SIGTERM.

    Example: pitboss studio run --wallet-url http://127.0.0.1:8080/wallet --operator-id house
    --secret-file house.secret --data-dir ./studio --port 8090
    """
    # Imported here, so that the other commands start without the web framework.
    from pitboss_studio.app import build_app
    from pitboss_studio.server import log_to_stderr, serve
    from pitboss_studio.storage.database import AlreadyInUse

    if not wallet_url.startswith(("http://", "https://")):
        raise _mistake("--wallet-url must begin with http:// or https://")
    log_to_stderr()
    settings = Settings(
        data_dir=data_dir,
        wallet_url=wallet_url,
        operator_id=operator_id,
        secret=_read_secret(secret_file),
        public_url=public_url.rstrip("/"),
    )
    try:
        asyncio.run(serve(build_app(settings), host, port))
    except AlreadyInUse as error:
        raise _mistake(str(error)) from None
    except OSError as error:
        raise _mistake(f"cannot start on {host}:{port} in {data_dir}: {error.strerror or error}") from None


@app.command()
def games(
    public_url: Annotated[str, typer.Option(help="Address browsers reach the studio at, for the logos.")] = "",
) -> None:
    """Print the games as the list that `pitboss provider games import` takes.

    Example: pitboss studio games > house-games.json
    """
    print(json.dumps(catalogue(public_url.rstrip("/")), indent=2))


@app.command()
def rtp(
    game: Annotated[str, typer.Argument(help="The game's folder name.")] = "slot",
    rounds: Annotated[int, typer.Option(help="Rounds to simulate.", min=1)] = 100_000_000,
    seed: Annotated[int | None, typer.Option(help="Repeat a run; random when left out.", min=0)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Compare a game's exact return with a simulation; exit code 1 when they do not agree.

    Example: pitboss studio rtp slot --rounds 100000000
    """
    compare = comparison_of(_game(game))
    run_seed = seed if seed is not None else random_source.randbits(63)
    columns = ("[bold]simulating", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=as_json, transient=True) as progress:
        task = progress.add_task("rounds", total=rounds)
        report = compare(rounds, run_seed, lambda done: progress.advance(task, done))
    print(json.dumps(report.as_json()) if as_json else report.as_text())
    if not report.agrees:
        raise typer.Exit(1)


@app.command()
def check(
    game: Annotated[str, typer.Option(help="The game's folder name.")],
    server_seed: Annotated[str, typer.Option(help="The revealed server seed.")],
    client_seed: Annotated[str, typer.Option(help="The player's seed.")],
    nonce: Annotated[int, typer.Option(help="The round's number under this seed, from 0.", min=0)],
    commitment: Annotated[str, typer.Option(help="The fingerprint shown before the round.")] = "",
    stake: Annotated[str, typer.Option(help="The stake as the page sent it, JSON; a small one when left out.")] = "",
    currency: Annotated[str, typer.Option(help="The stake's currency.")] = "EUR",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Draw a past round again from its seeds; exit code 1 when the seed is not the one committed to.

    Example: pitboss studio check --game roulette --server-seed 5eed… --client-seed lucky --nonce 0
    """
    from pitboss_studio.recheck import redraw

    try:
        found = redraw(_game(game), server_seed, client_seed, nonce, stake, currency, commitment)
    except BadStake as error:
        raise _mistake(f"--stake: {error}") from None
    print(json.dumps(found.as_json()) if as_json else found.as_text())
    if found.commitment_matches is False:
        raise typer.Exit(1)


@app.command()
def pending(
    data_dir: Annotated[Path, typer.Option(help="The studio's data directory; the studio may be running.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects instead.")] = False,
) -> None:
    """Show every round that is not finished and what it waits for, longest first.

    Example: pitboss studio pending --data-dir ./studio
    """
    import sqlite3

    from pitboss_studio import pending as shown
    from pitboss_studio.storage.waiting import unfinished

    try:
        waiting = unfinished(data_dir / "studio.sqlite3")
    except sqlite3.Error as error:
        raise _mistake(f"cannot read a studio's data in {data_dir}: {error}") from None
    if as_json:
        print(json.dumps(shown.as_json(waiting), indent=2))
    elif waiting:
        Console(width=None if sys.stdout.isatty() else 200).print(shown.as_table(waiting))
    else:
        print("nothing waits")


def _game(slug: str) -> Game:
    found = game_named(slug)
    if found is None:
        raise _mistake(f"there is no game {slug!r}; try: {', '.join(game.slug for game in all_games().values())}")
    return found


def _read_secret(path: Path | None) -> str:
    if path is None:
        secret = os.environ.get(SECRET_VARIABLE, "")
        source = SECRET_VARIABLE
    else:
        source = str(path)
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _mistake(f"cannot read the secret file {path}: {type(error).__name__}") from None
    if not secret:
        raise _mistake(f"no secret in {source}")
    return secret


def _mistake(message: str) -> typer.Exit:
    typer.echo(f"error: {message}", err=True)
    return typer.Exit(2)
