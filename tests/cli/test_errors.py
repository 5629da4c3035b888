"""`pitboss errors list`, and how a seamless agent's wallet is to be called."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from command_line import Cli

from pitboss.cli.errors import read_since
from pitboss.domain import ids
from pitboss.domain.invalid import Invalid

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SEA = (
    "agent",
    "create",
    "--name",
    "Sea",
    "--type",
    "seamless",
    "--wallet-url",
    "http://127.0.0.1:9000/w",
    "--currency",
    "EUR",
)
DEFAULTS = {
    "wallet_connect_timeout_ms": 2000, "wallet_timeout_ms": 10000, "wallet_concurrency": 64, "wallet_echo": True,
    "wallet_retry_days": 7,
}  # fmt: skip


def terms(shown: Any) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name.startswith("wallet_") and name != "wallet_url"}


def put(url: str, agent_id: int, ago: timedelta, direction: str, error: str) -> None:
    async def insert() -> None:
        conn = await asyncpg.connect(url)
        at = datetime.now(UTC) - ago
        await conn.execute(
            "INSERT INTO api_error VALUES ($1, $2, $3, $4, 'wallet', 'cancel', 'tx', 'http://x/cancel', NULL, $5, 12, '{}', NULL)",
            agent_id, ids.time_ordered_id(int(at.timestamp()) * 10**9, 7), at, direction, error,
        )  # fmt: skip
        await conn.close()

    asyncio.run(insert())


def test_errors_are_listed_by_agent_time_and_direction(cli: Cli, database_url: str) -> None:
    assert cli(*SEA).code == 0
    assert cli("errors", "list", "--agent", 1).out == "none\n"
    put(database_url, 1, timedelta(minutes=5), "out", "HTTP 500")
    put(database_url, 1, timedelta(hours=3), "in", "OP_20")
    put(database_url, 0, timedelta(minutes=1), "in", "Access denied")

    def errors(*more: object) -> list[str]:
        return [row["error"] for row in cli("errors", "list", "--agent", 1, *more, "--json").json()]

    assert errors() == ["HTTP 500", "OP_20"]
    assert errors("--since", "2h") == ["HTTP 500"]
    assert errors("--direction", "in") == ["OP_20"]
    assert errors("--limit", 1) == ["HTTP 500"]
    assert errors("--since", (datetime.now(UTC) - timedelta(hours=4)).isoformat()) == ["HTTP 500", "OP_20"]
    [nobodys] = cli("errors", "list", "--agent", 0, "--json").json()
    assert nobodys["error"] == "Access denied"
    row = json.loads(cli("errors", "list", "--agent", 1, "--limit", 1, "--json").out)[0]
    assert list(row) == [
        "id", "at", "direction", "dialect", "command", "reference", "url", "http_status", "error", "duration_ms", "request",
        "answer",
    ]  # fmt: skip
    assert row["at"].endswith("Z") and row["request"] == "{}"
    table = cli("errors", "list", "--agent", 1).out
    assert "out wallet" in table and "HTTP 500" in table and "OP_20" in table


@pytest.mark.parametrize(
    ("arguments", "mistake"),
    [
        (("--agent", 7), "agent: there is no agent 7"),
        (("--agent", 0, "--since", "yesterday"), "since: must look like 90s, 30m, 2h, 3d or 2026-01-31T12:00:00"),
        (("--agent", 0, "--since", "99999d"), "since: must look like 90s, 30m, 2h, 3d or 2026-01-31T12:00:00"),
    ],
)
def test_mistakes_are_told_in_a_line(cli: Cli, arguments: tuple[object, ...], mistake: str) -> None:
    if "99999d" in arguments:
        assert cli("errors", "list", *arguments, "--json").json() == []
    else:
        assert cli("errors", "list", *arguments).mistake() == mistake


def test_since() -> None:
    assert read_since("2h", NOW) == NOW - timedelta(hours=2)
    assert read_since("90s", NOW) == NOW - timedelta(seconds=90)
    assert read_since("2026-03-01T10:00:00", NOW) == NOW - timedelta(hours=2)
    assert read_since("2026-03-01T17:00:00+07:00", NOW) == NOW - timedelta(hours=2)
    assert read_since("0001-01-01T00:00:00+14:00", NOW) == NOW - timedelta(days=14)
    for wrong in ("", "2 h", "-2h", "2w", "tomorrow", "1e3s"):
        with pytest.raises(Invalid):
            read_since(wrong, NOW)


def test_a_wallets_terms_are_set_shown_and_audited(cli: Cli, database_url: str) -> None:
    assert cli(*SEA).code == 0
    assert terms(cli("agent", "show", "--agent", 1, "--json").json()) == DEFAULTS
    changed = cli("agent", "set", "--agent", 1, "--wallet-timeout-ms", 3000, "--no-wallet-echo", "--json").json()
    assert terms(changed) == DEFAULTS | {"wallet_timeout_ms": 3000, "wallet_echo": False}

    async def audited() -> str:
        conn = await asyncpg.connect(database_url)
        detail: str = await conn.fetchval("SELECT detail FROM audit WHERE action = 'agent.set'")
        await conn.close()
        return detail

    detail = json.loads(asyncio.run(audited()))
    assert (detail["wallet_timeout_ms"], detail["wallet_echo"]) == (3000, False) and "wallet_concurrency" not in detail
    mistake = cli("agent", "set", "--agent", 1, "--wallet-connect-timeout-ms", 3001).mistake()
    assert mistake == "wallet-connect-timeout-ms: must not be longer than the whole call may take"
    assert (
        cli("agent", "set", "--agent", 1, "--wallet-concurrency", 0).mistake()
        == "wallet-concurrency: must be from 1 to 1000"
    )
    second = cli(
        "agent", "create", "--name", "Lake", *SEA[4:], "--wallet-concurrency", 3, "--wallet-retry-days", 2
    ).code
    assert second == 0
    shown = terms(cli("agent", "show", "--agent", 2, "--json").json())
    assert shown == DEFAULTS | {"wallet_concurrency": 3, "wallet_retry_days": 2}


def test_a_transfer_agent_has_none(cli: Cli) -> None:
    assert cli("agent", "create", "--name", "Land", "--currency", "EUR").code == 0
    assert terms(cli("agent", "show", "--agent", 1, "--json").json()) == {}
    mistake = "wallet-timeout-ms: is for seamless agents: a transfer agent's money is in the hub"
    assert cli("agent", "set", "--agent", 1, "--wallet-timeout-ms", 3000).mistake() == mistake
    assert (
        cli("agent", "create", "--name", "Hill", "--currency", "EUR", "--wallet-timeout-ms", 3000).mistake() == mistake
    )
