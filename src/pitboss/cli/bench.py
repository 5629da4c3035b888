"""`pitboss bench`: measure the hub against its bars."""

from collections.abc import Callable
from importlib import import_module
from typing import Annotated

import asyncpg
import typer

from pitboss.bench.figure import BenchError, Figure
from pitboss.bench.stage import Options
from pitboss.cli.connect import fail
from pitboss.storage.embedded import EmbeddedPostgresError

app = typer.Typer(no_args_is_help=True)

_BARS = {
    "bets": "P1: durable bets per second through HTTP, against TPC-B on the same PostgreSQL.",
    "latency": "P2: the time a bet takes at 70 % of the most the hub carries (p99).",
    "seamless": "P3: durable bets per second of a seamless agent's players, against a bare proxy before the same wallet.",
    "growth": "P4: bets per second with ten million transactions stored, against ten thousand.",
    "skew": "P5: one hot player, one hot agent, zipf players, against bets spread evenly.",
    "events": "P6: events per second through HTTP, against COPY of the same rows into the same table.",
    "reports": "P7: history, daily and business report over ten million transactions: the slowest.",
    "start": "P8: from the start of the sandbox on a new data directory to its ready.",
    "memory": "P9: what one HTTP process holds in memory after a million bets of a thousand players.",
    "studio": "P10: rounds per second of the house slot in simulation, on one core.",
}

Seconds = Annotated[int, typer.Option(min=1, help="Length of one phase of the measurement.")]
Transactions = Annotated[int, typer.Option(min=1_000, help="How many are stored before; ten million take minutes.")]
Bets = Annotated[int, typer.Option(min=1_000, help="How many are made before the last look at the memory.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes of the hub.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON and nothing else.")]
# Not from the environment: a measurement fills what it is given.
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", help="Owner's URL of a database to measure in; else a PostgreSQL of its own."),
]


def _command(name: str, text: str) -> Callable[..., None]:
    def run(
        seconds: Seconds = 10, workers: Workers = 1, as_json: AsJson = False, database_url: DatabaseUrl = None
    ) -> None:
        figure = _measure(name, Options(seconds, workers, database_url, _silent if as_json else print))
        if as_json:
            print(figure.as_line())
        else:
            print(_in_words(figure))

    run.__doc__ = f"{text}\n\n    Example: pitboss bench {name} --seconds 5 --json\n    "
    return run


def _command_over(name: str, text: str) -> Callable[..., None]:
    def run(
        transactions: Transactions = 10_000_000,
        seconds: Seconds = 10,
        workers: Workers = 1,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        say = _silent if as_json else print
        figure = _measure(name, Options(seconds, workers, database_url, say, transactions))
        print(figure.as_line() if as_json else _in_words(figure))

    run.__doc__ = f"{text}\n\n    Example: pitboss bench {name} --transactions 1000000 --seconds 5\n    "
    return run


def _command_after(name: str, text: str) -> Callable[..., None]:
    # One process is looked at, so there is no choice of how many.
    def run(
        bets: Bets = 1_000_000, seconds: Seconds = 10, as_json: AsJson = False, database_url: DatabaseUrl = None
    ) -> None:
        say = _silent if as_json else print
        figure = _measure(name, Options(seconds, 1, database_url, say, bets=bets))
        print(figure.as_line() if as_json else _in_words(figure))

    run.__doc__ = f"{text}\n\n    Example: pitboss bench {name} --bets 100000 --seconds 5\n    "
    return run


_MAKERS = {"growth": _command_over, "reports": _command_over, "memory": _command_after}
for _name, _text in _BARS.items():
    app.command(_name)(_MAKERS.get(_name, _command)(_name, _text))


def _measure(name: str, options: Options) -> Figure:
    try:
        figure: Figure = import_module(f"pitboss.bench.{name}").measure(options)
    except (BenchError, EmbeddedPostgresError) as error:
        fail(str(error))
    except (OSError, asyncpg.PostgresError) as error:
        fail(f"the database cannot be used: {type(error).__name__}")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    return figure


def _silent(_: str) -> None:
    """Nothing but the line of JSON is wanted."""


def _in_words(figure: Figure) -> str:
    text = f"{figure.bar}: {figure.ours:,.2f} {figure.unit}"
    if figure.peer is not None and figure.ratio is not None:
        text += f", {figure.ratio:.2f} of {figure.peer:,.2f} beside it"
    return text
