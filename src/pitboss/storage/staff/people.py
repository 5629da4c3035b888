"""The people at the back office: create, change, list them. Every change is in the audit; what ends a right ends sessions."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Role
from pitboss.domain.staff.sign_in import check_password, check_username
from pitboss.storage import statements
from pitboss.storage.agents import agent_exists
from pitboss.storage.audit import act
from pitboss.storage.database import Connection
from pitboss.storage.staff.passwords import hash_password


class Person(NamedTuple):
    """Somebody who may sign in. `agent_id`: sees that agent and those under it; None sees all. Times UTC."""

    username: str
    role: Role
    agent_id: int | None
    active: bool
    created_at: datetime
    last_sign_in: datetime | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of a person; None leaves a member as it is."""

    role: Role | None = None
    active: bool | None = None


async def list_staff(conn: Connection) -> list[Person]:
    """Everybody, by name."""
    rows = await conn.fetch(statements.sql("staff/list"))
    return [_person(row) for row in rows]


async def create_person(
    conn: Connection, username: str, password: str, role: Role, agent_id: int | None, *, actor: str, now: datetime
) -> Person:
    """Raises Invalid."""
    name = check_username(username)
    check_password(password, name)
    hashed = await asyncio.to_thread(hash_password, password)
    async with act(conn, actor, now, reload=False) as under_way:
        if agent_id is not None and not await agent_exists(conn, agent_id):
            raise Invalid("agent_id", "is no agent")
        row = await conn.fetchrow(statements.sql("staff/create"), name, hashed, role.value, agent_id, now)
        if row is None:
            raise Invalid("username", "is somebody already")
        await under_way.record("staff.create", name, {"role": role.value}, agent_id)
    return _person(row)


async def change_person(conn: Connection, username: str, change: Change, *, actor: str, now: datetime) -> Person:
    """Another role, or sign in no more, or again. All that is open under the name ends. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        governs = await _governors(conn)
        role = None if change.role is None else change.role.value
        row = await conn.fetchrow(statements.sql("staff/change"), username, role, change.active)
        if row is None:
            raise Invalid("username", "is nobody")
        if governs == {username} and not await _governors(conn):
            raise Invalid("role", "must stay: nobody else could look after the staff")
        await _end_sessions(conn, username, now)
        detail = {"role": row["role"], "active": row["active"]}
        await under_way.record("staff.change", username, detail, row["agent_id"])
    return _person(row)


async def set_password(conn: Connection, username: str, password: str, *, actor: str, now: datetime) -> None:
    """A new password; all that is open under the name ends. Raises Invalid."""
    name = check_username(username)
    check_password(password, name)
    hashed = await asyncio.to_thread(hash_password, password)
    async with act(conn, actor, now, reload=False) as under_way:
        changed = await conn.fetchval(
            "UPDATE staff SET password_hash = $2, wrong_guesses = 0, locked_until = NULL WHERE username = $1"
            " RETURNING true",
            name,
            hashed,
        )
        if not changed:
            raise Invalid("username", "is nobody")
        await _end_sessions(conn, name, now)
        await under_way.record("staff.password", name, {})


async def _governors(conn: Connection) -> set[str]:
    """Who can look after the staff: nobody may lock all of them out, be it by mistake."""
    rows = await conn.fetch("SELECT username FROM staff WHERE role = 'admin' AND active AND agent_id IS NULL")
    return {row["username"] for row in rows}


async def _end_sessions(conn: Connection, username: str, now: datetime) -> None:
    await conn.execute("UPDATE staff_session SET ended_at = $2 WHERE username = $1 AND ended_at IS NULL", username, now)


def _person(row: asyncpg.Record) -> Person:
    return Person(row["username"], Role(row["role"]), *row[2:])
