"""`pitboss staff`: the people who may sign in at the back office."""

import getpass
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from pitboss.cli.administration import HIGHEST_ID, AsJson, Desk, at_desk, read_secret, show_object, show_rows
from pitboss.cli.connect import DatabaseUrl
from pitboss.domain.staff.rights import Role
from pitboss.storage.staff.people import Change, Person, change_person, create_person, list_staff, set_password

app = typer.Typer(no_args_is_help=True)

Username = Annotated[str, typer.Argument(metavar="USERNAME", help="The name to sign in with.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="A file that holds the password; - reads standard input. Asked for, or made up."),
]  # fmt: skip


@app.command("create")
def create(
    username: Username,
    role: Annotated[Role, typer.Option(help="What this person may do.")],
    agent: Annotated[
        int | None, typer.Option(min=1, max=HIGHEST_ID, help="Sees this agent and those under it.")
    ] = None,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Let somebody sign in. A password that was made up is shown this once.

    Example: pitboss staff create alice --role support --agent 9
    """
    password, made_up = _password(password_file)

    async def work(desk: Desk) -> Person:
        return await create_person(desk.conn, username, password, role, agent, actor=desk.actor, now=desk.now)

    told = _told(at_desk(work, database_url))
    show_object(told | {"password": password} if made_up else told, as_json)


@app.command("password")
def password(
    username: Username,
    password_file: PasswordFile = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Give somebody a new password; all that is open under the name ends.

    Example: pitboss staff password alice
    """
    new, made_up = _password(password_file)

    async def work(desk: Desk) -> None:
        await set_password(desk.conn, username, new, actor=desk.actor, now=desk.now)

    at_desk(work, database_url)
    told: dict[str, object] = {"username": username}
    show_object(told | {"password": new} if made_up else told, as_json)


@app.command("role")
def role(
    username: Username,
    role: Annotated[Role, typer.Argument(help="What this person may do from now on.")],
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Change what somebody may do; all that is open under the name ends.

    Example: pitboss staff role alice manager
    """
    _change(username, Change(role=role), as_json, database_url)


@app.command("block")
def block(username: Username, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Let somebody sign in no more; all that is open under the name ends.

    Example: pitboss staff block alice
    """
    _change(username, Change(active=False), as_json, database_url)


@app.command("unblock")
def unblock(username: Username, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """Let somebody sign in again.

    Example: pitboss staff unblock alice
    """
    _change(username, Change(active=True), as_json, database_url)


@app.command("list")
def list_all(as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
    """List who may sign in.

    Example: pitboss staff list
    """

    async def work(desk: Desk) -> list[Person]:
        return await list_staff(desk.conn)

    show_rows([_told(person) for person in at_desk(work, database_url)], as_json)


def _change(username: str, change: Change, as_json: bool, database_url: str | None) -> None:
    async def work(desk: Desk) -> Person:
        return await change_person(desk.conn, username, change, actor=desk.actor, now=desk.now)

    show_object(_told(at_desk(work, database_url)), as_json)


def _password(file: Path | None) -> tuple[str, bool]:
    """(the password, whether it was made up here)."""
    if file is not None:
        return read_secret(None, file) or "", False
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (empty: make one up): ")
        if typed:
            return typed, False
    return secrets.token_urlsafe(18), True


def _told(person: Person) -> dict[str, object]:
    return {
        "username": person.username,
        "role": person.role.value,
        "agent_id": person.agent_id,
        "active": person.active,
        "created_at": person.created_at.isoformat(),
        "last_sign_in": None if person.last_sign_in is None else person.last_sign_in.isoformat(),
    }
