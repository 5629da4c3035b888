"""The agent's API keys: created, rotated and revoked. A key itself is shown once, when it is made."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from pitboss.backoffice.acts import act, do, sure
from pitboss.backoffice.card import button, card, table
from pitboss.backoffice.form import buttons, choice, count, form, shown_once, text_field
from pitboss.backoffice.grid import Cell, Column, at
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.keys import NewKey, Scope
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Right
from pitboss.storage.keys import GRACE, KeyRow, create_key, revoke_key, rotate_key

SCOPES: Final = {Scope.AGENT_API: "agent API", Scope.PARTNER_API: "partner API", Scope.EVENTS_API: "events API"}
_COLUMNS = (
    Column("opens", "Opens"), Column("key", "Key's id"), Column("state", "State"), Column("made", "Made"), Column("ends", "Ends"),
)  # fmt: skip
_MOST_DAYS = 3_650
_MOST_HOURS = 24 * 90
_SHOWN = 30


def keys_card(visit: Visit, agent: Agent, keys: list[KeyRow]) -> None:
    """Those that open something first; of those that are over, the last ones."""
    now, configures = visit.office.hub.clock(), visit.who.may(Right.CONFIGURE)
    newest = sorted(keys, key=lambda key: key.created_at, reverse=True)
    shown = sorted(newest, key=lambda key: (not key.live(now), list(SCOPES).index(key.scope)))[:_SHOWN]

    async def revoke(place: int, _: str) -> None:
        await _revoke(visit, agent, shown[place])

    with card("API keys") as head:
        columns = (*_COLUMNS, *([Column("revoke", "")] if configures else []))
        rows = [_row(visit, key) for key in shown]
        table(columns, rows, "No keys: without one its programs cannot come in.", revoke)
    with head:
        if configures:
            button("New key", partial(_new, visit, agent))
            button("Rotate", partial(_rotate, visit, agent))


def _row(visit: Visit, key: KeyRow) -> dict[str, Cell]:
    live = key.live(visit.office.hub.clock())
    state = Cell("live", tone="good") if live else Cell("revoked" if key.revoked_at else "ended", tone="quiet")
    return {
        "opens": Cell(SCOPES[key.scope]),
        "key": Cell(key.public_id, tone="mono"),
        "state": state,
        "made": at(visit, key.created_at),
        "ends": at(visit, key.revoked_at or key.expires_at),
        "revoke": Cell("Revoke", act=True) if live else Cell(""),
    }


async def _new(visit: Visit, agent: Agent) -> None:
    with form(f"New key of {agent.name}", "Beside those it has.") as dialog:
        scope = choice("Opens", {one.value: label for one, label in SCOPES.items()}, Scope.AGENT_API.value)
        days = text_field("Ends after so many days", hint="Empty: it does not end by itself.")

        async def save() -> bool:
            wanted, ends = Scope(scope.value), _span("days", days.value.strip(), 1, _MOST_DAYS)

            async def work(desk: Desk) -> NewKey:
                expires_at = None if ends is None else desk.now + timedelta(days=ends)
                return await create_key(
                    desk.conn, visit.office.hub.box, agent.id, wanted, actor=desk.actor, now=desk.now, expires_at=expires_at
                )  # fmt: skip

            return await _made(visit, agent, wanted, work)

        buttons(dialog, "Create", save)


async def _rotate(visit: Visit, agent: Agent) -> None:
    text = "A new key. Those in use go on working for a while; what an earlier rotation left ends now."
    with form(f"Rotate a key of {agent.name}", text) as dialog:
        scope = choice("Opens", {one.value: label for one, label in SCOPES.items()}, Scope.AGENT_API.value)
        usual = str(int(GRACE.total_seconds()) // 3600)
        hours = text_field("The old one works on for so many hours", usual, "0: it ends now.")

        async def save() -> bool:
            wanted, grace = Scope(scope.value), _span("hours", hours.value.strip() or "-", 0, _MOST_HOURS)

            async def work(desk: Desk) -> NewKey:
                return await rotate_key(
                    desk.conn, visit.office.hub.box, agent.id, wanted, actor=desk.actor, now=desk.now,
                    grace=timedelta(hours=grace or 0),
                )  # fmt: skip

            return await _made(visit, agent, wanted, work)

        buttons(dialog, "Rotate", save)


def _span(field: str, text: str, least: int, most: int) -> int | None:
    """A number of days or hours, None for an empty text. Raises Invalid."""
    if not text:
        return None
    value = count(field, text)
    if not least <= value <= most:
        raise Invalid(field, f"must be from {least} to {most}")
    return value


async def _made(visit: Visit, agent: Agent, scope: Scope, work: Callable[[Desk], Awaitable[NewKey]]) -> bool:
    made: list[NewKey] = []

    async def keep(desk: Desk) -> None:
        made.append(await work(desk))

    if not await act(visit, Right.CONFIGURE, keep, "The key is made.", agent.id):
        return False
    shown_once(f"New key of {agent.name}", {f"Key of the {SCOPES[scope]}": made[0].text}, str(visit.url))
    return True


async def _revoke(visit: Visit, agent: Agent, key: KeyRow) -> None:
    text = f"It opens the {SCOPES[key.scope]} for {agent.name}, and ends at once. It cannot be brought back."
    if not await sure(f"Revoke the key {key.public_id}?", text, "Revoke"):
        return

    async def work(desk: Desk) -> None:
        await revoke_key(desk.conn, key.public_id, actor=desk.actor, now=desk.now)

    await do(visit, Right.CONFIGURE, work, f"The key {key.public_id} is revoked.", agent.id)
