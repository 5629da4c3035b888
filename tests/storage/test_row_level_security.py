"""A forgotten WHERE cannot leak a tenant: every tenant table has its policy, and the policies hold."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from admin_stage import open_desk

from pitboss.storage.database import APP_ROLE, Connection, Database, begin_as

NOW = datetime(2026, 3, 1, tzinfo=UTC)

GLOBAL_TABLES = {
    "account": "read into the catalogue by every process; holds no money",
    "agent_currency": "read into the catalogue",
    "agent_game_off": "read into the catalogue",
    "agent_provider": "read into the catalogue",
    "api_key": "a call's tenant is found by it, so it is read before the tenant is known; hashes only",
    "audit": "the administration's; the application may not even read it",
    "staff": "people at the back office, some of one agent alone; the application may not even read it",
}
"""Tables that name an agent and yet are no tenant's, and why. A new one needs a reason here or a policy."""

PERMISSION_DENIED = asyncpg.InsufficientPrivilegeError
NO_AGENT = (asyncpg.UndefinedObjectError, asyncpg.InvalidTextRepresentationError)
# Consumers' sealed keys, and what they would not take: no process that answers requests needs them.
WORKERS_ALONE = {"feed", "feed_dead_letter"}

QUARTER = dict.fromkeys(
    "rounds bets turnover turnover_in_bonus wins winnings winnings_in_bonus jackpots jackpot_winnings refunds refunded cancels"
    " promo_bets promo_winnings turnover_settled winnings_settled jackpots_settled promo_settled".split(), 1
) | {"generation": 1, "quarter": NOW, "provider_id": 1, "game_id": 1, "currency": "EUR", "rated": True}  # fmt: skip

TENANT_ROWS = {
    "player": {"player_id": "aaaaabbbbbccccc{n}", "username": "user{n}", "created_at": NOW},
    "wallet": {"id": 70, "user_in_game": "aaaaabbbbbccccc{n}-EUR", "player_id": "aaaaabbbbbccccc{n}", "currency": "EUR"},
    "session": {
        "token": "t" * 39 + "{n}", "player_id": "aaaaabbbbbccccc{n}", "wallet_id": 70, "provider_id": 1, "currency": "EUR",
        "created_at": NOW, "expires_at": NOW,
    },
    "round": {
        "provider_id": 1, "wallet_id": 70, "round_id": "r", "number": 1, "staked": 0, "returned": 0, "won": 0, "bets": 0,
        "finished": False, "opened_at": NOW, "changed_at": NOW,
    },
    "transaction": {
        "provider_id": 1, "provider_tx_id": "t", "is_cancel": False, "id": "0" * 32, "wallet_tx_id": "0" * 32, "number": 1,
        "kind": "win", "state": "ok", "said": "", "wallet_id": 70, "wallet_version": 1, "at": NOW,
    },
    "operator_call": {
        "provider_id": 1, "wallet_id": 70, "kind": "win", "subject": "t", "round_id": "r", "place": 1, "reference": "0" * 32,
        "amount": 1, "data": "{}", "asked_at": NOW, "phase": "ask", "due": NOW,
    },
    "entry": {"id": "0" * 32, "transaction_id": "0" * 32, "from_account": 1, "to_account": 70, "amount": 1, "at": NOW},
    "outbox": {"id": "0" * 32, "at": NOW, "events": "[]"},
    "journal_head": {"last_seq": 1},
    "journal": {"seq": 1, "at": NOW, "event": "{}"},
    "journal_cursor": {"reader": "r", "last_seq": 1},
    "push": {"kind": "endsession", "provider_id": 1, "subject": "t", "since": NOW, "due": NOW},
    "game_figure": {
        "game_id": 1, "currency": "EUR", "rounds": 1, "staked": 1, "won": 1, "staked_squares": 1, "won_squares": 1,
        "staked_by_won": 1, "promo_stakes": 0, "promo_won": 0,
    },
    "api_error": {
        "id": "0" * 32, "at": NOW, "direction": "out", "dialect": "wallet", "command": "cancel", "reference": "", "url": "",
        "error": "HTTP 500", "duration_ms": 1,
    },
    "report_generation": {"generation": 1},
    "player_quarter": {"player_id": "aaaaabbbbbccccc{n}"} | QUARTER,
    "game_quarter": QUARTER,
    "revenue": {"generation": 1, "currency": "EUR", "settled": 1, "unrated": 0},
    "settlement": {"at": NOW, "ggr": 1},
    "game_figure_open_round": {
        "user_in_game": "u", "game_id": 1, "currency": "EUR", "round_id": "r", "staked": 1, "won": 1, "at": NOW,
    },
    "feed": {"name": "crm", "url": "http://crm.example/", "sealed_key": b"k", "last_seq": 0, "due": NOW, "created_at": NOW},
    "feed_dead_letter": {"feed": "crm", "seq": 1, "at": NOW, "problem": "p"},
    "own_event_game": {"provider_id": 1, "version": 1, "game_id": 1},
    "own_event_before": {"what": "players", "told_upto": ""},
    "partner_request": {
        "request_id": "r", "operation": "logout", "said": b"", "status": 200, "body": b"{}", "at": NOW,
    },
    "player_tag": {"player_id": "aaaaabbbbbccccc{n}", "name": "vip", "number": 1},
    "player_limit": {
        "player_id": "aaaaabbbbbccccc{n}", "kind": "loss", "period": "day", "currency": "EUR", "amount": 1,
    },
    "player_away": {"player_id": "aaaaabbbbbccccc{n}", "kind": "coolOff", "until": NOW},
    "limit_use": {
        "player_id": "aaaaabbbbbccccc{n}", "currency": "EUR",
        **{period: NOW.date() for period in ("day", "week", "month")},
        **{
            f"{period}_{counter}": 1
            for period in ("day", "week", "month")
            for counter in ("deposited", "staked", "lost", "played_us")
        },
    },
    "event_head": {"last_seq": 1},
    "event": {"seq": 1, "received_at": NOW, "at": NOW, "kind": "login", "unique_id": "u", "player_id": "p"},
    "event_key": {"unique_id": "u", "fingerprint": 1, "received_at": NOW},
    "event_player": {"player_id": "p", "announced": True, "profile": "{}", "said": "{}"},
    "event_game": {"game_id": "g", "announced": True, "profile": "{}", "said": "{}"},
    "event_player_figure": {
        "player_id": "p", "currency": "EUR", "events": 1, "first_seen": NOW, "last_seen": NOW, "bets": 1, "turnover": 1, "wins": 0,
        "winnings": 0, "bonus_turnover": 0, "bonus_winnings": 0, "deposits": 0, "deposited": 0, "withdrawals": 0, "withdrawn": 0,
    },
    "event_game_figure": {
        "game_id": "g", "currency": "EUR", "events": 1, "first_seen": NOW, "last_seen": NOW, "players": 1, "bets": 1, "turnover": 1,
        "wins": 0, "winnings": 0, "bonus_turnover": 0, "bonus_winnings": 0,
    },
    "event_play_figure": {
        "player_id": "p", "game_id": "g", "currency": "EUR", "events": 1, "bets": 1, "turnover": 1, "wins": 0, "winnings": 0,
        "bonus_turnover": 0, "bonus_winnings": 0,
    },
    "bonus_template": {
        "code": "X", "name": "X", "type": "free_spins", "days_valid": 1, "days_to_use": 1, "created_at": NOW,
    },
    "bonus_campaign": {
        "id": "0" * 32, "code": "c", "reference": "r", "said": "", "template": "X", "name": "X", "kind": "free_spins",
        "provider_id": 1, "games": [1], "wager_games": [], "currency": "EUR", "value": 1, "stakes": 1, "multiplier": 0,
        "valid_from": NOW, "use_by": NOW, "expires_at": NOW, "created_at": NOW, "studio_state": "granted",
    },
    "bonus_grant": {
        "id": "0" * 32, "campaign_id": "0" * 32, "code": "c", "wallet_id": 70, "player_id": "aaaaabbbbbccccc{n}",
        "created_at": NOW, "use_by": NOW, "expires_at": NOW,
    },
    "bonus_move": {
        "wallet_id": 70, "wallet_version": 1, "grant_id": "0" * 32, "provider_id": 1, "uses": 1, "value": 1, "staked": 0,
        "money": 0, "required": 0, "counted": 0, "converted": 0, "at": NOW,
    },
}  # fmt: skip
"""One row of every tenant table, in the order their foreign keys ask for."""


async def tables_with_an_agent(conn: Connection) -> set[str]:
    rows = await conn.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'agent_id'"
        # A partition's rows are reached through its parent, whose policies hold; nobody else is granted it.
        " AND NOT a.attisdropped AND NOT c.relispartition"
    )
    return {row["relname"] for row in rows}


async def put(conn: Connection, table: str, agent_id: int, **changes: object) -> None:
    row = {"agent_id": agent_id} | TENANT_ROWS[table] | changes
    values = [
        value.format(n=agent_id) if isinstance(value, str) and "{n}" in value else value for value in row.values()
    ]
    places = ", ".join(f"${index}" for index in range(1, len(row) + 1))
    await conn.execute(f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({places})', *values)


async def furnish(url: str, key_dir: Path, generous: bool) -> None:
    async with open_desk(url, key_dir) as desk:
        await desk.agent("One")
        await desk.agent("Two")
        await desk.conn.execute("SELECT event_partition($1)", NOW.date())
        for table in TENANT_ROWS:
            for agent_id in (1, 2):
                await put(desk.conn, table, agent_id)
            if generous:
                await desk.conn.execute(f'GRANT ALL ON "{table}" TO pitboss_app')


@pytest.fixture(scope="module")
def guarded_url(postgres: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Two agents with a row in every tenant table. No test here changes anything in it."""
    url = postgres.create_database(template)
    asyncio.run(furnish(url, tmp_path_factory.mktemp("key"), generous=False))
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="module")
def generous_url(postgres: Any, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same, but the application is granted every right, so that the policies alone stand in the way."""
    url = postgres.create_database(template)
    asyncio.run(furnish(url, tmp_path_factory.mktemp("key"), generous=True))
    yield url
    postgres.drop_database(url)


@pytest.fixture
async def owner(guarded_url: str) -> AsyncIterator[Connection]:
    database = await Database.open(guarded_url, None, size=1)
    async with database.anyone() as conn:
        yield conn
    await database.close()


@pytest.fixture
async def application(guarded_url: str) -> AsyncIterator[Database]:
    database = await Database.open(guarded_url, APP_ROLE, size=1)
    yield database
    await database.close()


@pytest.fixture
async def generous(generous_url: str) -> AsyncIterator[Database]:
    database = await Database.open(generous_url, APP_ROLE, size=1)
    yield database
    await database.close()


async def rows_of(url: str, table: str) -> list[str]:
    database = await Database.open(url, None, size=1)
    async with database.anyone() as conn:
        rows = await conn.fetch(f'SELECT t::text AS row FROM "{table}" t ORDER BY agent_id')
    await database.close()
    return [row["row"] for row in rows]


async def test_every_table_of_an_agent_is_a_tenants_or_has_a_reason(owner: Connection) -> None:
    conn = owner
    secured = await conn.fetch(
        "SELECT c.relname, pg_get_expr(p.polqual, p.polrelid) AS visible, pg_get_expr(p.polwithcheck, p.polrelid) AS writable"
        " FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid JOIN pg_roles r ON r.oid = ANY (p.polroles)"
        " WHERE c.relrowsecurity AND p.polname = 'tenant' AND p.polcmd = '*' AND r.rolname = 'pitboss_app'"
    )
    rule = "(agent_id = (current_setting('app.agent_id'::text))::integer)"
    tenant_tables = {row["relname"] for row in secured if row["visible"] == row["writable"] == rule}
    assert await tables_with_an_agent(conn) - set(GLOBAL_TABLES) == tenant_tables
    # No second policy may open what the first one closes.
    others = await conn.fetch(
        "SELECT polname FROM pg_policy p WHERE polname <> 'tenant' AND polpermissive"
        " AND (0::oid = ANY (polroles) OR (SELECT oid FROM pg_roles WHERE rolname = 'pitboss_app') = ANY (polroles))"
    )
    assert others == []
    assert set(TENANT_ROWS) == tenant_tables


@pytest.mark.parametrize("role", ["pitboss_app", "pitboss_worker"])
async def test_a_month_of_events_is_reached_through_the_table_alone(guarded_url: str, role: str) -> None:
    database = await Database.open(guarded_url, role, size=1)
    for statement in (
        "SELECT * FROM event_2026_03",
        "INSERT INTO event_2026_03 SELECT * FROM event",
        "DROP TABLE event_2026_03",
    ):
        with pytest.raises(PERMISSION_DENIED):
            await in_tenant(database, 1, statement)
    await database.close()


async def test_the_application_is_neither_owner_nor_above_the_policies(owner: Connection) -> None:
    row = await owner.fetchrow("SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'pitboss_app'")
    assert row is not None
    assert tuple(row) == (False, False, False)
    owned = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) IN ('pitboss_app', 'pitboss_worker')"
    assert await owner.fetchval(owned) == 0


@pytest.mark.parametrize("table", TENANT_ROWS)
async def test_an_agent_sees_its_own_rows_alone(application: Database, guarded_url: str, table: str) -> None:
    # Every agent has wallets and templates of its own from the start.
    own = {"wallet": 2, "bonus_template": 8}.get(table, 0)
    assert len(await rows_of(guarded_url, table)) == 2 + own
    if table in WORKERS_ALONE:
        with pytest.raises(PERMISSION_DENIED):
            await in_tenant(application, 1, f'SELECT * FROM "{table}"')
        return
    async with application.tenant(1) as conn:
        rows = await conn.fetch(f'SELECT DISTINCT agent_id FROM "{table}"')
        assert [row["agent_id"] for row in rows] == [1]
        assert await conn.fetch(f'SELECT 1 FROM "{table}" WHERE agent_id = 2') == []


@pytest.mark.parametrize("table", TENANT_ROWS)
async def test_an_agent_writes_its_own_rows_alone(generous: Database, generous_url: str, table: str) -> None:
    before = await rows_of(generous_url, table)
    async with generous.tenant(1) as conn:
        assert await conn.execute(f'UPDATE "{table}" SET agent_id = agent_id WHERE agent_id = 2') == "UPDATE 0"
        assert await conn.execute(f'DELETE FROM "{table}" WHERE agent_id = 2') == "DELETE 0"
    with pytest.raises(PERMISSION_DENIED, match="row-level security"):
        await in_tenant(generous, 1, f'UPDATE "{table}" SET agent_id = 2')
    with pytest.raises(PERMISSION_DENIED, match="row-level security"):
        await put_in_tenant(generous, 1, table, 2)
    assert await rows_of(generous_url, table) == before


async def in_tenant(application: Database, agent_id: int, statement: str) -> None:
    async with application.tenant(agent_id) as conn:
        await conn.execute(statement)


async def put_in_tenant(application: Database, agent_id: int, table: str, row_agent_id: int) -> None:
    async with application.tenant(agent_id) as conn:
        await put(conn, table, row_agent_id)


@pytest.mark.parametrize("table", [table for table in TENANT_ROWS if table not in WORKERS_ALONE])
async def test_without_an_agent_nothing_is_seen(application: Database, table: str) -> None:
    async with application.anyone() as conn:
        with pytest.raises(NO_AGENT):
            await conn.fetch(f'SELECT * FROM "{table}"')
    # Nor after a tenant's transaction on the same connection: the setting ends with it.
    async with application.tenant(1) as conn:
        await conn.fetch(f'SELECT * FROM "{table}"')
    async with application.anyone() as conn:
        with pytest.raises(NO_AGENT):
            await conn.fetch(f'SELECT * FROM "{table}"')


@pytest.mark.parametrize("role", ["pitboss_app", "pitboss_worker"])
@pytest.mark.parametrize("statement", ["UPDATE entry SET amount = amount + 1", "DELETE FROM entry", "TRUNCATE entry"])
async def test_entries_are_for_ever(guarded_url: str, role: str, statement: str) -> None:
    database = await Database.open(guarded_url, role, size=1)
    with pytest.raises(PERMISSION_DENIED):
        await in_tenant(database, 1, statement)
    await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transaction SET number = 1", "UPDATE transaction SET said = ''", "UPDATE transaction SET settle_rate = 1",
        "UPDATE player SET blocked = false", "UPDATE player SET player_id = player_id", "DELETE FROM player",
        "UPDATE session SET player_id = player_id", "DELETE FROM wallet", "UPDATE wallet SET currency = 'EUR'",
        "UPDATE agent SET active = true", "INSERT INTO rate VALUES ('EUR', 'USD', now(), 1)", "DELETE FROM api_key",
        "UPDATE game SET active = true", "UPDATE hub SET config_version = 0", "UPDATE hub SET master_key_file = 'x'",
        "UPDATE provider SET active = true", "INSERT INTO account VALUES (1, 1, 'house', 'EUR')", "SELECT * FROM audit",
        "INSERT INTO journal VALUES (1, 2, now(), '{}')", "DELETE FROM event", "UPDATE event SET amount = 1",
        "DELETE FROM event_key", "UPDATE event_head SET keep_days = 1", "SELECT event_partition_drop('2026-03-01')",
    ],
)  # fmt: skip
async def test_the_application_may_do_no_more_than_it_needs(application: Database, statement: str) -> None:
    with pytest.raises(PERMISSION_DENIED):
        await in_tenant(application, 1, statement)


async def test_the_application_may_forget_a_transaction_only_while_it_is_pending(application: Database) -> None:
    async with application.tenant(1) as connection:
        left = await connection.fetchval("SELECT count(*) FROM transaction")
        assert left > 0
        await connection.execute("DELETE FROM transaction")
        assert await connection.fetchval("SELECT count(*) FROM transaction") == left


@pytest.mark.parametrize("agent_id", ["1", "1; DROP TABLE entry", "", "1e1"])
def test_a_tenant_is_a_whole_number(agent_id: str) -> None:
    try:
        text = begin_as(agent_id)  # type: ignore[arg-type]
    except ValueError:
        return
    assert text == "BEGIN; SET LOCAL app.agent_id = 1"
