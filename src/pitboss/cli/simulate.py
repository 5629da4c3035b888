"""`pitboss simulate`: players at work."""

import asyncio
import json
import secrets
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import httpx
import typer

from pitboss.cli.connect import fail
from pitboss.simulate.casino import Casino
from pitboss.simulate.run import Plan
from pitboss.simulate.run import simulate as play
from pitboss.simulate.seamless import SeamlessCasino
from pitboss.simulate.summary import as_json, as_text
from pitboss.simulate.tally import Tally


def simulate(
    credentials: Annotated[Path, typer.Option(help="The credentials file of a sandbox, or one of its form.")],
    players: Annotated[int, typer.Option(min=1, max=10_000, help="How many people play.")] = 20,
    rate: Annotated[float, typer.Option(min=0.01, max=100_000, help="Rounds a second, all players together.")] = 5.0,
    seconds: Annotated[float | None, typer.Option(min=0, help="How long; until it is stopped when left out.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed, the same habits; random when left out.")] = None,
    operator_dir: Annotated[
        Path | None,
        typer.Option(help="Data directory of the reference operator: its seamless agents' players play as well."),
    ] = None,
    studio_url: Annotated[
        str | None, typer.Option(help="Only games at this address; the house studio's when left out.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json_: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Let simulated people play real money games, as browsers and casinos would, until SIGINT, SIGTERM or the time is over.

    They are players of their own (sim00001…) at the transfer agents of the credentials, and with --operator-dir at the seamless
    ones whose wallet that is; who runs dry gets a deposit. Exit code 1 when anything failed that is not a refusal.

    Example: pitboss simulate --credentials var/demo/credentials.json --players 50 --rate 20 --seconds 60
    """
    chosen = seed if seed is not None else secrets.randbits(32)
    tally = Tally()
    source = _read(credentials, operator_dir)
    asyncio.run(_run(source, players, rate, seconds, chosen, studio_url, quiet or as_json_, tally))
    print(json.dumps(as_json(tally, chosen), indent=2) if as_json_ else as_text(tally, chosen))
    if tally.failures:
        raise typer.Exit(1)


class _Source(NamedTuple):
    """Where the players play. `admin_token`: the reference operator's, where there are seamless agents."""

    base_url: str
    agents: list[dict[str, Any]]
    admin_token: str | None

    def __repr__(self) -> str:
        return f"_Source({self.base_url})"

    def casino(self, agent: dict[str, Any], http: httpx.AsyncClient) -> Casino:
        """One of the agents, as players know it."""
        common = agent["name"], tuple(agent["currencies"]), self.base_url, http, agent["external_api_key"]
        if agent["type"] == "transfer":
            return Casino(*common)
        assert self.admin_token is not None
        return SeamlessCasino(*common, agent["wallet_url"].removesuffix("/wallet") + "/admin", self.admin_token)


def _read(file: Path, operator_dir: Path | None) -> _Source:
    admin_token = None if operator_dir is None else _admin_token(operator_dir)
    kinds = ("transfer",) if admin_token is None else ("transfer", "seamless")
    try:
        # Money is in none of it.
        content = json.loads(file.read_text("utf-8"))
        agents = [agent for agent in content["agents"] if agent["type"] in kinds]
        for agent in agents:
            _ = agent["name"], agent["currencies"][0], agent["external_api_key"]
            _ = agent["type"] == "transfer" or agent["wallet_url"].removesuffix("/wallet")
        base_url = str(content["base_url"])
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except (ValueError, LookupError, TypeError, AttributeError):
        fail(f"{file}: is not a credentials file")
    if not agents:
        fail(f"{file}: has no {' or '.join(kinds)} agent")
    return _Source(base_url, agents, admin_token)


def _admin_token(operator_dir: Path) -> str:
    file = operator_dir / "admin.token"
    try:
        return file.read_text("ascii").strip()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except ValueError:
        fail(f"{file}: is not a token")


async def _run(
    source: _Source,
    players: int,
    rate: float,
    seconds: float | None,
    seed: int,
    studio_url: str | None,
    quiet: bool,
    tally: Tally,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as http:
        casinos = tuple(source.casino(agent, http) for agent in source.agents)
        plan = Plan(casinos, players, rate, seconds, seed, studio_url)
        shown = None if quiet else asyncio.create_task(_show(tally, seconds))
        try:
            await play(plan, tally, lambda text: print(f"pitboss: {text}", file=sys.stderr), stop)
        finally:
            if shown is not None:
                shown.cancel()


async def _show(tally: Tally, seconds: float | None) -> None:
    # Loaded only when there is something to show.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("playing", total=seconds)
        began = asyncio.get_running_loop().time()
        while True:
            elapsed = asyncio.get_running_loop().time() - began
            text = f"{tally.rounds:,} rounds, {tally.rounds / max(elapsed, 1):.1f}/s, {tally.failures.total()} failed"
            progress.update(task, completed=elapsed, description=text)
            await asyncio.sleep(0.5)
