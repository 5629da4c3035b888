"""`pitboss player limits`: what it sets, shows and refuses; and that it is in the audit."""

import asyncio
import json

import asyncpg
from command_line import Cli


def player(cli: Cli, database_url: str) -> None:
    cli("agent", "create", "--name", "Land", "--currency", "EUR,JPY", "--json").json()

    async def make() -> None:
        conn = await asyncpg.connect(database_url)
        try:
            await conn.execute(
                "INSERT INTO player (agent_id, player_id, username, created_at) SELECT id, prefix || '00000000001', 'daniel', now()"
                " FROM agent"
            )
        finally:
            await conn.close()

    asyncio.run(make())


def test_limits_are_set_shown_and_audited(cli: Cli, database_url: str) -> None:
    player(cli, database_url)
    where = ("--agent", 1, "daniel")
    empty = cli("player", "limits", "show", *where, "--json").json()
    assert empty == {"username": "daniel", "limits": [], "cool_off_until": None, "self_excluded_until": None}
    made = cli(
        "player", "limits", "set", *where, "--wager", "day=100", "--wager", "month=1000.50", "--session-time", "day=90",
        "--self-excluded-until", "2999-01-01T00:00:00+07:00", "--json",
    ).json()  # fmt: skip
    assert [(one["type"], one["period"], one["currency"], one["limit"], one["used"]) for one in made["limits"]] == [
        ("sessionTime", "day", None, "90", "0"),
        ("wager", "day", "EUR", "100", "0"),
        ("wager", "month", "EUR", "1000.5", "0"),
    ]
    assert made["self_excluded_until"] == "2998-12-31T17:00:00+00:00"
    later = cli("player", "limits", "set", *where, "--wager", "day=none", "--wager", "month=1000", "--json").json()
    assert [(one["limit"], one.get("pending")) for one in later["limits"]] == [
        ("90", None), ("100", "none"), ("1000", None),
    ]  # fmt: skip
    assert cli("player", "limits", "show", *where, "--json").json() == later
    yen = cli("player", "limits", "set", *where, "--deposit", "week=500", "--currency", "JPY", "--json").json()
    assert yen["limits"][0]["currency"] == "JPY"

    async def audited() -> list[str]:
        conn = await asyncpg.connect(database_url)
        try:
            return [
                row[0]
                for row in await conn.fetch("SELECT detail FROM audit WHERE action = 'player.limits' ORDER BY seq")
            ]
        finally:
            await conn.close()

    details = [json.loads(detail) for detail in asyncio.run(audited())]
    assert len(details) == 3
    assert details[0]["limits"] == {"sessionTime day": 90, "wager day EUR": 10000, "wager month EUR": 100050}


def test_mistakes_are_told_in_one_line(cli: Cli, database_url: str) -> None:
    player(cli, database_url)
    for option, value, field in (
        ("--wager", "year=1", "wager"),
        ("--wager", "day", "wager"),
        ("--wager", "day=1.005", "wager"),
        ("--wager", "day=-1", "wager"),
        ("--session-time", "day=1.5", "session_time"),
        ("--currency", "USD", "currency"),
        ("--cool-off-until", "soon", "cool_off_until"),
        ("--cool-off-until", "2020-01-01T00:00:00Z", "cool_off_until"),
    ):
        line = cli("player", "limits", "set", "--agent", 1, "daniel", option, value).mistake()
        assert field in line.replace("-", "_"), line
    assert "daniela" in cli("player", "limits", "show", "--agent", 1, "daniela").mistake()
