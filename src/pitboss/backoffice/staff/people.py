"""Who may sign in: create people, change their role, give a new password, shut out."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from pitboss.backoffice.acts import do, sure
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.frame import frame
from pitboss.backoffice.office import Desk, Office
from pitboss.backoffice.page import page
from pitboss.backoffice.visit import Visit, utc
from pitboss.domain.staff.rights import Right, Role
from pitboss.storage.staff.people import Change, Person, change_person, create_person, list_staff, set_password

Work = Callable[[Desk], Awaitable[object]]


def pages(office: Office) -> None:
    """`/staff`."""

    @page(office, "/staff", Right.STAFF)
    async def staff(visit: Visit) -> None:
        async with office.owner.anyone() as conn:
            people = await list_staff(conn)
        with frame(visit, "Staff"):
            ui.button("New person", icon="person_add", on_click=lambda: _new(visit)).props("unelevated no-caps")
            for person in people:
                _card(visit, person)


def _card(visit: Visit, person: Person) -> None:
    with ui.card().classes("card person"), ui.row().classes("items-center w-full"):
        with ui.column().classes("gap-0"):
            ui.label(person.username).classes("font-semibold")
            ui.label(_scope(visit, person)).classes("quiet text-sm")
        ui.space()
        if person.last_sign_in is not None:
            seen = ui.label(f"signed in {visit.moment(person.last_sign_in)}").classes("quiet text-sm")
            seen.tooltip(utc(person.last_sign_in))
        else:
            ui.label("never signed in").classes("quiet text-sm")
        if not person.active:
            ui.label("blocked").classes("bad text-sm")
        roles = {role.value: role.value for role in Role}
        choice = ui.select(roles, value=person.role.value, label="Role").props("dense outlined options-dense")
        choice.on_value_change(lambda event: _change_role(visit, person, Role(event.value)))
        ui.button("New password", on_click=lambda: _new_password(visit, person)).props("flat no-caps dense")
        if person.active:
            ui.button("Block", on_click=lambda: _block(visit, person)).props("flat no-caps dense color=negative")
        else:
            back = partial(_do, visit, partial(_apply, person, Change(active=True)), f"{person.username} may sign in.")
            ui.button("Let in again", on_click=back).props("flat no-caps dense")


def _scope(visit: Visit, person: Person) -> str:
    if person.agent_id is None:
        return "whole hub"
    agent = visit.office.hub.live.current.agents.get(person.agent_id)
    return f"{person.agent_id if agent is None else agent.name} and agents under it"


async def _apply(person: Person, change: Change, desk: Desk) -> None:
    await change_person(desk.conn, person.username, change, actor=desk.actor, now=desk.now)


async def _do(visit: Visit, work: Work, done: str) -> bool:
    return await do(visit, Right.STAFF, work, done)


async def _change_role(visit: Visit, person: Person, role: Role) -> None:
    text = f"From {person.role.value} to {role.value}. All that is open under this name ends."
    if role is not person.role and await sure(f"Change the role of {person.username}?", text, "Change"):
        await _do(visit, partial(_apply, person, Change(role=role)), f"{person.username} is {role.value} now.")
    else:
        ui.navigate.to(str(visit.url))


async def _block(visit: Visit, person: Person) -> None:
    text = "All that is open under this name ends, and nobody can sign in with it."
    if await sure(f"Block {person.username}?", text, "Block"):
        work = partial(_apply, person, Change(active=False))
        await _do(visit, work, f"{person.username} is blocked.")


async def _new_password(visit: Visit, person: Person) -> None:
    with form(f"New password for {person.username}") as dialog:
        password = _password_field()

        async def save() -> bool:
            async def work(desk: Desk) -> None:
                await set_password(desk.conn, person.username, password.value, actor=desk.actor, now=desk.now)

            return await _do(visit, work, f"{person.username} has a new password.")

        buttons(dialog, "Set password", save)


async def _new(visit: Visit) -> None:
    agents = {0: "whole hub"} | {one.id: one.name for one in visit.office.agents_of(visit.who).values()}
    with form("New person") as dialog:
        name = text_field("Name", longest=64)
        role = choice("Role", {one.value: one.value for one in Role}, Role.VIEWER.value)
        scope = ui.select(agents, value=0, label="Sees").props("outlined dense").classes("w-full")
        password = _password_field()

        async def save() -> bool:
            async def work(desk: Desk) -> None:
                await create_person(
                    desk.conn, name.value, password.value, Role(role.value), scope.value or None,
                    actor=desk.actor, now=desk.now,
                )  # fmt: skip

            return await _do(visit, work, f"{name.value} may sign in.")

        buttons(dialog, "Create", save)


def _password_field() -> ui.input:
    field = ui.input("Password, 12 characters or more", password=True, password_toggle_button=True)
    field.props("outlined dense maxlength=256 autocomplete=new-password").classes("w-full")
    return field
