"""People of the back office, by the functions their pages and commands call: every change is audited, nobody governs nobody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import RIGHTS, Right, Role
from pitboss.domain.staff.sign_in import check_password, check_username, wait_after
from pitboss.storage.audit import verify_chain
from pitboss.storage.staff.people import Change, change_person, create_person, list_staff, set_password
from pitboss.storage.staff.sessions import is_signed_in, sign_in, visitor

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD = "seven brown foxes"


@pytest.fixture
async def conn(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def new(conn: asyncpg.Connection, name: str, role: Role = Role.VIEWER) -> None:
    await create_person(conn, name, GOOD, role, None, actor="test", now=NOW)


async def test_created_once_and_listed(conn: asyncpg.Connection) -> None:
    await new(conn, "Zoe ", Role.ADMIN)
    await new(conn, "adam")
    people = await list_staff(conn)
    assert [(one.username, one.role, one.active, one.last_sign_in) for one in people] == [
        ("adam", Role.VIEWER, True, None),
        ("zoe", Role.ADMIN, True, None),
    ]
    with pytest.raises(Invalid, match="username: is somebody already"):
        await new(conn, "ZOE")
    with pytest.raises(Invalid, match="agent_id: is no agent"):
        await create_person(conn, "eve", GOOD, Role.VIEWER, 99, actor="test", now=NOW)
    assert len(await list_staff(conn)) == 2


async def test_the_last_who_governs_stays(conn: asyncpg.Connection) -> None:
    await new(conn, "one", Role.ADMIN)
    await new(conn, "two", Role.ADMIN)
    await new(conn, "viewer")
    await change_person(conn, "one", Change(active=False), actor="test", now=NOW)
    for change in (Change(active=False), Change(role=Role.MANAGER)):
        with pytest.raises(Invalid, match="role: must stay"):
            await change_person(conn, "two", change, actor="test", now=NOW)
    await change_person(conn, "viewer", Change(role=Role.SUPPORT), actor="test", now=NOW)
    assert [(one.username, one.role, one.active) for one in await list_staff(conn)] == [
        ("one", Role.ADMIN, False),
        ("two", Role.ADMIN, True),
        ("viewer", Role.SUPPORT, True),
    ]


async def test_every_change_is_in_the_chain_without_the_password(conn: asyncpg.Connection) -> None:
    await new(conn, "eva")
    token = await sign_in(conn, "eva", GOOD, "10.0.0.7", NOW)
    assert token is not None
    await set_password(conn, "eva", "another good one", actor="test", now=NOW)
    await change_person(conn, "eva", Change(active=False), actor="test", now=NOW)
    rows = await conn.fetch("SELECT actor, action, subject, detail::text FROM audit ORDER BY seq")
    assert [(row["actor"], row["action"], row["subject"]) for row in rows] == [
        ("test", "staff.create", "eva"),
        ("staff:eva", "staff.sign_in", "eva"),
        ("test", "staff.password", "eva"),
        ("test", "staff.change", "eva"),
    ]
    told = str([tuple(row) for row in rows])
    assert "10.0.0.7" in told and GOOD not in told and "another good one" not in told and token not in told
    assert await verify_chain(conn) is None


async def test_a_change_of_role_or_password_ends_what_is_open(conn: asyncpg.Connection) -> None:
    await new(conn, "otto")
    for change in ("role", "password"):
        token = await sign_in(conn, "otto", GOOD, "::1", NOW)
        assert token is not None
        who = await visitor(conn, token, NOW)
        assert who is not None and await is_signed_in(conn, who, NOW)
        if change == "role":
            await change_person(conn, "otto", Change(role=Role.SUPPORT), actor="test", now=NOW)
        else:
            await set_password(conn, "otto", "yet another one", actor="test", now=NOW)
        assert await visitor(conn, token, NOW) is None and not await is_signed_in(conn, who, NOW)
    assert await sign_in(conn, "otto", GOOD, "::1", NOW) is None


@pytest.mark.parametrize("name", ["", " ", "a b", ".a", "a.", "ä", "a" * 65, "a\x00b", "a/b", "a'b"])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(Invalid, match="username"):
        check_username(name)


@pytest.mark.parametrize(
    "password", ["", "short one", "a" * 12, "abababababab", "x" * 257, "my name is evangeline", "with\nline break"]
)
def test_passwords_that_cannot_be(password: str) -> None:
    with pytest.raises(Invalid, match="password"):
        check_password(password, "evangeline")


def test_waiting_grows_and_ends() -> None:
    waits = [wait_after(guesses).total_seconds() for guesses in range(4, 13)]
    assert waits == [0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_after(10**6).total_seconds() == 900


def test_only_admins_look_after_staff_and_only_two_roles_see_the_audit() -> None:
    assert {role for role in Role if Right.STAFF in RIGHTS[role]} == {Role.ADMIN}
    assert {role for role in Role if Right.AUDIT in RIGHTS[role]} == {Role.ADMIN, Role.AUDITOR}
    assert RIGHTS[Role.VIEWER] == frozenset()
