"""Starts the sandbox's parts in the order they need each other, tells when all of them answer, and stops them."""

import asyncio
import os
import secrets
import socket
import sys
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx
import structlog

from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.engine.open import open_hub
from pitboss.processes import Child, listen, stop_requested
from pitboss.sandbox import contents
from pitboss.sandbox.furnish import Addresses, Agreed, House, furnish_configuration, furnish_money, furnish_staff
from pitboss.sandbox.kept import keep, read_kept, write_private
from pitboss.sandbox.welcome import welcome
from pitboss.settings import read_settings
from pitboss.storage import migrate
from pitboss.storage.database import Database
from pitboss.storage.embedded import EmbeddedPostgres
from pitboss.storage.secrets import ensure_master_key, open_box

log = structlog.get_logger()

HOST = "127.0.0.1"
ANSWER_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """What `pitboss sandbox` was asked. Without `database_url` the sandbox has a PostgreSQL of its own in `data_dir`."""

    data_dir: Path
    port: int
    credentials: Path
    workers: int
    database_url: str | None
    simulate: bool = True
    backoffice: bool = True


@dataclass(frozen=True, slots=True)
class BackOffice:
    """Where it listens, and the password of its first administrator."""

    listener: socket.socket
    password: str

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return f"http://{HOST}:{self.listener.getsockname()[1]}"

    @property
    def credentials(self) -> dict[str, str]:
        """What the credentials file says of it."""
        return {"url": self.url, "username": contents.ADMINISTRATOR, "password": self.password}


class SandboxError(RuntimeError):
    """The sandbox cannot start; the message is for the person."""


async def run_sandbox(options: SandboxOptions) -> None:
    """Run until SIGINT or SIGTERM. Raises SandboxError, or what the database's parts raise."""
    data_dir = options.data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    kept = read_kept(data_dir)
    try:
        listener = listen(HOST, options.port)
    except OSError as error:
        raise SandboxError(f"cannot listen on {HOST}:{options.port}: {os.strerror(error.errno or 0)}") from None
    ports = {name: _free_port(kept.get("ports", {}).get(name)) for name in ("studio", "operator")}
    house = House(**kept["house"]) if "house" in kept else House(f"house{secrets.token_hex(4)}", secrets.token_hex(25))
    casino = House(**kept.get("operator", _known_casino(kept)))
    kept = kept | {"ports": ports, "house": asdict(house), "operator": asdict(casino)}
    keep(data_dir, kept)
    addresses = Addresses(
        hub=f"http://{HOST}:{listener.getsockname()[1]}",
        studio=f"http://{HOST}:{ports['studio']}",
        seamless_wallet=f"http://{HOST}:{ports['operator']}/wallet",
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(listener)
        desk = _back_office(stack, kept, listener.getsockname()[1] + 1) if options.backoffice else None
        if desk is not None:
            kept = kept | {"backoffice": {"port": desk.listener.getsockname()[1], "password": desk.password}}
            keep(data_dir, kept)
        # The studio and its list of games need no hub yet: they start beside the database.
        games = asyncio.create_task(_studio_games())
        await _start_studio(stack, house, addresses, data_dir, ports["studio"])
        await _start_operator(stack, casino, data_dir, ports["operator"])
        url = options.database_url or await _own_database(stack, data_dir)
        credentials = await _run_hub(
            stack, options, data_dir, listener, url, kept, addresses, Agreed(house, casino), games, desk
        )
        await _tell_and_wait(stack, options, addresses, credentials | {"database_url": url})
    log.info("sandbox_stopped")


async def _run_hub(
    stack: AsyncExitStack,
    options: SandboxOptions,
    data_dir: Path,
    listener: socket.socket,
    url: str,
    kept: dict[str, Any],
    addresses: Addresses,
    agreed: Agreed,
    games: asyncio.Task[object],
    desk: BackOffice | None,
) -> dict[str, Any]:
    """Schema, hub, worker, content; what the credentials file says."""
    log.info("sandbox_database_up")
    await migrate.upgrade(url)
    log.info("sandbox_schema_current")
    environment = os.environ | {
        "PITBOSS_DATABASE_URL": url,
        "PITBOSS_PUBLIC_URL": addresses.hub,
        "PITBOSS_ALLOW_PRIVATE_URLS": "1",
    }
    settings = read_settings(environment)
    owner = await Database.open(url, role=None, size=1)
    stack.push_async_callback(owner.close)
    async with owner.anyone() as conn:
        await ensure_master_key(conn, data_dir, settings.master_key_file)
        await _start_hub(stack, listener, environment, options.workers)
        if desk is not None:
            await furnish_staff(conn, desk.password)
            await _start_back_office(stack, desk, environment)
        box = await open_box(conn, settings.master_key_file)
        furnished = await furnish_configuration(conn, box, await games, addresses, agreed, kept.get("credentials", {}))
    # Keys were made: they must be on disk before anything else can fail.
    keep(data_dir, kept | {"credentials": furnished})
    log.info("sandbox_configured")
    async with open_hub(settings) as hub:
        await furnish_money(hub)
    log.info("sandbox_funded")
    return {"base_url": addresses.hub, "backoffice": desk and desk.credentials} | furnished


async def _tell_and_wait(
    stack: AsyncExitStack, options: SandboxOptions, addresses: Addresses, credentials: dict[str, Any]
) -> None:
    stop = asyncio.create_task(stop_requested())
    ready = asyncio.create_task(_all_answer(addresses, credentials))
    await asyncio.wait({stop, ready}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done():
        ready.result()
        write_private(options.credentials, credentials)
        if options.simulate:
            await _start_players(stack, options.credentials, options.data_dir / "operator")
        print(f"ready {addresses.hub}", flush=True)
        await welcome(addresses.hub, credentials, options.credentials, options.data_dir.resolve() / "operator")
        await stop
    ready.cancel()
    log.info("sandbox_stopping")


async def _own_database(stack: AsyncExitStack, data_dir: Path) -> str:
    postgres = EmbeddedPostgres(data_dir / "postgres")
    # Loading the migrations' libraries takes as long as making the cluster.
    await asyncio.gather(asyncio.to_thread(postgres.start), asyncio.to_thread(migrate.preload))
    stack.push_async_callback(asyncio.to_thread, postgres.stop)
    postgres.supervise(lambda why: log.warning("postgres_restarted", why=why))
    return postgres.url


async def _start_hub(stack: AsyncExitStack, listener: socket.socket, environment: dict[str, str], workers: int) -> None:
    fd = listener.fileno()
    children = [Child("worker", ["pitboss", "worker"], environment)]
    children += [
        Child(f"serve-{place}", ["pitboss", "serve", "--fd", str(fd)], environment, [fd]) for place in range(workers)
    ]
    for child in children:
        await child.start()
        stack.push_async_callback(child.stop)


def _back_office(stack: AsyncExitStack, kept: dict[str, Any], wish: int) -> BackOffice:
    """On the port of the last start, or the one after the hub's, or a free one."""
    known = kept.get("backoffice", {})
    listener = stack.enter_context(listen(HOST, _free_port(known.get("port", wish))))
    return BackOffice(listener, known.get("password") or secrets.token_urlsafe(18))


async def _start_back_office(stack: AsyncExitStack, desk: BackOffice, environment: dict[str, str]) -> None:
    fd = desk.listener.fileno()
    child = Child("backoffice", ["pitboss", "backoffice", "--fd", str(fd)], environment, [fd])
    await child.start()
    stack.push_async_callback(child.stop)


async def _studio_games() -> object:
    """The house's list, asked as any studio's would be: from its own program."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pitboss_studio", "games", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise SandboxError("the house studio does not list its games")
    return decode_game_list(output)


async def _start_studio(stack: AsyncExitStack, house: House, addresses: Addresses, data_dir: Path, port: int) -> None:
    environment = os.environ | {"PITBOSS_STUDIO_SECRET": house.secret}
    # It knows the hub by the wallet protocol alone; the database is none of its business.
    environment.pop("PITBOSS_DATABASE_URL", None)
    command = [
        "pitboss_studio", "run", "--port", str(port), "--data-dir", str(data_dir / "studio"), "--public-url", addresses.studio,
        "--wallet-url", f"{addresses.hub}/wallet", "--operator-id", house.operator_id,
    ]  # fmt: skip
    studio = Child("studio", command, environment)
    await studio.start()
    stack.push_async_callback(studio.stop)


async def _start_operator(stack: AsyncExitStack, casino: House, data_dir: Path, port: int) -> None:
    environment = os.environ | {"PITBOSS_OPERATOR_SECRET": casino.secret}
    environment.pop("PITBOSS_DATABASE_URL", None)
    command = [
        "pitboss_operator", "run", "--port", str(port), "--data-dir", str(data_dir / "operator"), "--operator-id",
        casino.operator_id, "--demo",
    ]  # fmt: skip
    operator = Child("operator", command, environment)
    await operator.start()
    stack.push_async_callback(operator.stop)


def _known_casino(kept: dict[str, Any]) -> dict[str, str]:
    """What the seamless agent and its wallet know each other by; a sandbox from before there was a wallet has an agent already."""
    for agent in kept.get("credentials", {}).get("agents", ()):
        if agent["type"] == "seamless":
            return {"operator_id": agent["operator_id"], "secret": agent["secret_key"]}
    return {"operator_id": f"cassini{secrets.token_hex(4)}", "secret": secrets.token_hex(25)}


async def _start_players(stack: AsyncExitStack, credentials: Path, operator_dir: Path) -> None:
    """A few simulated players, so that there is something to see. They are none of the demo players."""
    arguments = [
        "--credentials",
        str(credentials),
        "--operator-dir",
        str(operator_dir),
        "--players",
        "12",
        "--rate",
        "2",
        "--quiet",
    ]
    players = Child("simulate", ["pitboss", "simulate", *arguments], os.environ)
    await players.start()
    stack.push_async_callback(players.stop)


async def _all_answer(addresses: Addresses, credentials: dict[str, Any]) -> None:
    """Wait until each part answers, the hub already with the house's games for the first agent."""
    agent, backoffice = credentials["agents"][0], credentials["backoffice"]
    headers = {"Authorization": f"Bearer {agent['external_api_key']}"}
    deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
    async with httpx.AsyncClient(timeout=2.0) as client:
        while asyncio.get_running_loop().time() < deadline:
            try:
                hub = await client.post(f"{addresses.hub}/external/v1.6/games", headers=headers, json={})
                studio = await client.get(f"{addresses.studio}/healthz")
                operator = await client.get(f"{addresses.seamless_wallet}/ping")
                desk = await client.get(f"{backoffice['url']}/healthz") if backoffice else studio
                beside = studio.status_code == operator.status_code == desk.status_code == 200
                if hub.status_code == 200 and hub.json()["result"]["items"] and beside:
                    return
            except (httpx.HTTPError, KeyError):
                pass
            await asyncio.sleep(0.05)
    raise SandboxError(f"not everything answers within {ANSWER_SECONDS:.0f} s")


def _free_port(wish: int | None) -> int:
    for port in (wish or 0, 0):
        try:
            with socket.create_server((HOST, port)) as probe:
                free: int = probe.getsockname()[1]
                return free
        except (OSError, OverflowError):
            continue
    raise SandboxError("there is no free port")
