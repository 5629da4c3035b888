"""`pitboss operator …`: run the reference operator, and look after its players."""

import asyncio
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from pitboss_operator import administration
from pitboss_operator.administration import HOUR_MS, Mistake
from pitboss_operator.settings import Settings
from pitboss_operator.storage import players, tokens, transactions
from pitboss_operator.storage.database import FILE, connect, transaction
from pitboss_operator.wallet.defects import DEFECTS, UnknownDefect, rules_with

SECRET_VARIABLE = "PITBOSS_OPERATOR_SECRET"  # noqa: S105 - the variable's name, not a secret
_BASE_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The reference operator: a casino's wallet.",
)
player_app = typer.Typer(no_args_is_help=True, help="Create, show, credit, block players.")
token_app = typer.Typer(no_args_is_help=True, help="Issue and end game session tokens.")
app.add_typer(player_app, name="player")
app.add_typer(token_app, name="token")

DataDir = Annotated[Path, typer.Option(help="Where the operator keeps its books.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
UserId = Annotated[str, typer.Argument(help="The player's id.")]


@app.command()
def run(
    data_dir: Annotated[Path, typer.Option(help="Where the books are kept; made when missing, mode 0700.")],
    operator_id: Annotated[str, typer.Option(help="The operator id agreed with the platform.")],
    port: Annotated[int, typer.Option(help="TCP port; 0 takes a free one.", min=0, max=65535)] = 8095,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    secret_file: Annotated[
        Path | None, typer.Option(help=f"File with the shared secret; without it {SECRET_VARIABLE} is read.")
    ] = None,
    base_path: Annotated[str, typer.Option(help="Path the commands are under.")] = "/wallet",
    defect: Annotated[list[str] | None, typer.Option(help="Plant a defect; more than once for several.")] = None,
    faults: Annotated[Path | None, typer.Option(help="JSON file of faults, read again when it changes.")] = None,
    replay_window: Annotated[int, typer.Option(help="Seconds a BET may be away from now; 0: any.", min=0)] = 86400,
    demo: Annotated[bool, typer.Option("--demo", help="Begin with ten players, demo01 to demo10.")] = False,
) -> None:
    """Run the operator in the foreground until SIGINT or SIGTERM.

    Example: pitboss operator run --port 8095 --data-dir ./operator --operator-id examplecasino --secret-file wallet.secret
    """
    # Imported here, so that the other commands start without the web framework.
    from pitboss_operator.app import build_app
    from pitboss_operator.server import log_to_stderr, serve

    if not _BASE_PATH.fullmatch(base_path.rstrip("/")) or base_path.startswith(("/admin", "/healthz")):
        raise _mistake("--base-path is a path such as /wallet, and neither /admin nor /healthz")
    log_to_stderr()
    settings = Settings(
        data_dir=data_dir,
        operator_id=operator_id,
        secret=_read_secret(secret_file),
        base_path=base_path.rstrip("/"),
        defects=tuple(defect or ()),
        faults_file=faults,
        replay_window_seconds=replay_window,
        demo=demo,
    )
    try:
        rules_with(settings.defects)
        asyncio.run(serve(build_app(settings), host, port))
    except UnknownDefect as error:
        raise _mistake(str(error)) from None
    except sqlite3.Error as error:
        raise _mistake(f"cannot open the books in {data_dir}: {error}") from None
    except OSError as error:
        raise _mistake(f"cannot start on {host}:{port} in {data_dir}: {error.strerror or error}") from None


@app.command()
def defects(as_json: AsJson = False) -> None:
    """List the defects that can be planted, what each does, and what the document wants instead.

    Example: pitboss operator defects
    """
    if as_json:
        print(
            json.dumps([{"name": d.name, "happens": d.happens, "breaks": d.breaks} for d in DEFECTS.values()], indent=2)
        )
        return
    for defect in DEFECTS.values():
        print(f"{defect.name}: {defect.happens} [{defect.breaks}]")


@app.command("transactions")
def list_transactions(
    data_dir: DataDir,
    player: Annotated[str | None, typer.Option(help="Only this player's.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what the platform had booked, oldest first.

    Example: pitboss operator transactions --data-dir ./operator --player demo01 --json
    """
    found = _in_books(data_dir, lambda db: transactions.everything(db, player))
    rows = [administration.transaction_json(known) for known in found]
    _show(
        rows,
        as_json,
        ("transaction_id", "user_id", "type", "amount", "currency", "round_id", "game_id", "state", "code"),
    )


@app.command()
def audit(data_dir: DataDir) -> None:
    """Check that balances are the sum of what was booked, and each transaction was booked once; exit code 1 when not.

    Example: pitboss operator audit --data-dir ./operator
    """
    wrong = _in_books(data_dir, administration.audit)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        raise typer.Exit(1)
    print("the books add up")


@player_app.command("create")
def create_player(
    user_id: UserId,
    data_dir: DataDir,
    currency: Annotated[str, typer.Option(help="The player's one currency.")],
    balance: Annotated[str, typer.Option(help="Opening balance, a decimal number.")] = "0",
    name: Annotated[str | None, typer.Option(help="User name; the id when left out.")] = None,
    display_name: Annotated[str | None, typer.Option(help="Name shown in games; the user name when left out.")] = None,
    country: Annotated[str, typer.Option(help="Country, ISO code or English name.")] = "FI",
    group: Annotated[str | None, typer.Option(help="Player group.")] = None,
    bet_limit: Annotated[str | None, typer.Option(help="The most they may stake at once.")] = None,
    scale: Annotated[int | None, typer.Option(help="Decimals of a currency nobody knows.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a player.

    Example: pitboss operator player create anna --data-dir ./operator --currency EUR --balance 100
    """

    def work(db: sqlite3.Connection) -> players.Player:
        player = administration.new_player(
            user_id,
            currency,
            balance,
            name=name,
            display_name=display_name,
            country=country,
            group=group,
            bet_limit=bet_limit,
            scale=scale,
        )
        players.create(db, player)
        return player

    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _show_player(_in_books(data_dir, work), as_json)


@player_app.command("show")
def show_player(user_id: UserId, data_dir: DataDir, as_json: AsJson = False) -> None:
    """Show a player and their balance.

    Example: pitboss operator player show anna --data-dir ./operator
    """
    _show_player(_in_books(data_dir, lambda db: administration.known_player(db, user_id)), as_json)


@player_app.command("list")
def list_players(data_dir: DataDir, as_json: AsJson = False) -> None:
    """List all players.

    Example: pitboss operator player list --data-dir ./operator
    """
    rows = [administration.player_json(player) for player in _in_books(data_dir, players.everybody)]
    _show(rows, as_json, ("user_id", "user_name", "country", "currency", "balance", "bet_limit", "blocked"))


@player_app.command("credit", context_settings={"ignore_unknown_options": True})
def credit_player(
    user_id: UserId,
    amount: Annotated[str, typer.Argument(help="A decimal number; negative takes money.")],
    data_dir: DataDir,
    as_json: AsJson = False,
) -> None:
    """Give a player money.

    Example: pitboss operator player credit anna 50 --data-dir ./operator
    """
    _show_player(_in_books(data_dir, lambda db: administration.credit(db, user_id, amount)), as_json)


@player_app.command("block")
def block_player(
    user_id: UserId,
    data_dir: DataDir,
    undo: Annotated[bool, typer.Option("--undo", help="Let them play again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let a player bet no more; wins still pass.

    Example: pitboss operator player block anna --data-dir ./operator
    """

    def work(db: sqlite3.Connection) -> players.Player:
        administration.known_player(db, user_id)
        players.set_blocked(db, user_id, not undo)
        return administration.known_player(db, user_id)

    _show_player(_in_books(data_dir, work), as_json)


@token_app.command("issue")
def issue_token(
    data_dir: DataDir,
    player: Annotated[str, typer.Option(help="The player's id.")],
    game: Annotated[int | None, typer.Option(help="The platform's game id; any game when left out.", min=0)] = None,
    hours: Annotated[int, typer.Option(help="How long it is good for.", min=1)] = 12,
) -> None:
    """Print a new token for a launch URL.

    Example: pitboss operator token issue --player anna --game 12 --data-dir ./operator
    """
    print(_in_books(data_dir, lambda db: administration.issue_token(db, player, game, hours * HOUR_MS)))


@token_app.command("accept")
def accept_token(
    data_dir: DataDir,
    player: Annotated[str, typer.Option(help="The player's id.")],
    game: Annotated[int | None, typer.Option(help="The platform's game id; any game when left out.", min=0)] = None,
    hours: Annotated[int, typer.Option(help="How long it is good for.", min=1)] = 12,
) -> None:
    """Take over a token that the platform made for a player, read from standard input.

    Example: pitboss operator token accept --player anna --data-dir ./operator < token.txt
    """
    text = sys.stdin.readline().strip()
    _in_books(data_dir, lambda db: administration.issue_token(db, player, game, hours * HOUR_MS, text))


@token_app.command("end")
def end_token(token: Annotated[str, typer.Argument(help="The token.")], data_dir: DataDir) -> None:
    """End a session: BETs with its token are refused from now on.

    Example: pitboss operator token end eqkB1WoKQCvjrvV6taJRN --data-dir ./operator
    """
    from pitboss_operator.clock import now_ms

    if not _in_books(data_dir, lambda db: tokens.end(db, token, now_ms())):
        raise _mistake("there is no such token")


def _in_books(data_dir: Path, work: Callable[[sqlite3.Connection], T]) -> T:
    """Work on the books, also while the operator runs: SQLite lets one write at a time, and nothing of them is kept in memory."""
    if not data_dir.is_dir() or not (os.access(data_dir / FILE, os.R_OK) or not any(data_dir.iterdir())):
        raise _mistake(f"there is no operator in {data_dir}")
    try:
        db = connect(data_dir)
        try:
            with transaction(db):
                return work(db)
        finally:
            db.close()
    except (Mistake, players.Exists) as error:
        raise _mistake(str(error)) from None
    except sqlite3.Error as error:
        raise _mistake(f"the books in {data_dir} cannot be used: {error}") from None


def _show_player(player: players.Player, as_json: bool) -> None:
    row = administration.player_json(player)
    _show([row], as_json, tuple(row), single=True)


def _show(rows: list[dict[str, object]], as_json: bool, columns: tuple[str, ...], single: bool = False) -> None:
    if as_json:
        print(json.dumps(rows[0] if single else rows, indent=2))
        return
    # Never cut to a terminal's width: ids have 20 digits, and all of them count.
    lines = [columns, *(tuple("" if row[name] is None else str(row[name]) for name in columns) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())


def _read_secret(path: Path | None) -> str:
    if path is None:
        secret, source = os.environ.get(SECRET_VARIABLE, ""), SECRET_VARIABLE
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
