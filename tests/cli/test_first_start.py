"""From an empty database to a hub that serves, by commands alone."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from command_line import Cli

from pitboss.storage.database import Database
from pitboss.storage.process import recorded_public_url

PROGRAM = str(Path(sys.executable).with_name("pitboss"))


def test_upgrade_serve_and_attach_a_studio(cli: Cli, empty_database_url: str, tmp_path: Path) -> None:
    at = ("--database-url", empty_database_url)
    assert "pitboss db upgrade" in cli("serve", *at).mistake()
    assert cli("db", "upgrade", *at).code == 0
    log = tmp_path / "serve.log"
    with log.open("w") as file:
        hub = subprocess.Popen([PROGRAM, "serve", "--port", "0", *at], stderr=file, stdout=file, env=dict(os.environ))
    try:
        url = _where(empty_database_url, hub)
        [key] = tmp_path.rglob("*.key")
        assert key.stat().st_mode & 0o777 == 0o600
        made = cli("provider", "create", "--id", "acme", *at, "--json").json()
        assert made["wallet_url"] == f"{url}/wallet"
        assert httpx.get(f"{url}/wallet/ping").text == "PONG"
        agent = cli("agent", "create", "--name", "One", "--currency", "EUR", *at, "--json").json()
        assert cli("agent", "fund", "--agent", 1, "--currency", "EUR", "--amount", "5", *at).code == 0
        assert cli("verify", *at).code == 0
    finally:
        hub.terminate()
        hub.wait(30)
    text = log.read_text() + key.read_text()
    assert [
        secret for secret in (made["secret_key"], agent["secret_key"], agent["external_api_key"]) if secret in text
    ] == []
    assert key.read_text().strip() not in log.read_text()


def _where(url: str, hub: "subprocess.Popen[bytes]") -> str:
    """Where a served hub says it is reached, once it is ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and hub.poll() is None:
        address = asyncio.run(_recorded(url))
        if address is not None and _ready(address):
            return address
        time.sleep(0.1)
    raise AssertionError(f"not ready; exit code {hub.poll()}")


async def _recorded(url: str) -> str | None:
    database = await Database.open(url, None, size=1)
    async with database.anyone() as conn:
        address = await recorded_public_url(conn)
    await database.close()
    return address


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == 200
    except httpx.TransportError:
        return False
