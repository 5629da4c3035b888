"""A call to an operator that is not settled: what is told of it, and what a person may do about it."""

import asyncio
from datetime import datetime

from nicegui import ui

from pitboss.backoffice.acts import act, sure
from pitboss.backoffice.card import card
from pitboss.backoffice.office import Desk
from pitboss.backoffice.paths import player_path, round_path
from pitboss.backoffice.visit import Visit, money, utc
from pitboss.domain.catalogue import Agent
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.domain.seamless.call import CallKind, Phase
from pitboss.domain.seamless.outlook import booking, outlook, why_not_now
from pitboss.domain.staff.rights import Right
from pitboss.operators.parked import carry, take_again, what_is_left
from pitboss.storage.audit import act as audited
from pitboss.storage.operator_calls.unsettled import Taken, make_due
from pitboss.storage.operator_calls.waiting import Waiting, read_again

_LOOKS, _BETWEEN_SECONDS = 20, 0.5
_READING_SECONDS, _READING_WHY_SECONDS = 2, 8
PHASES = {
    "ask": "being sent", "status": "being asked about", "void": "being cancelled", "void_again": "cancelled, once more",
    "parked": "waits for a person",
}  # fmt: skip
_NAMES = {CallKind.CANCEL: "cancel", CallKind.FINISH: "end of round"}


def name_of(waiting: Waiting) -> str:
    """What the call is, in a word or two."""
    call = waiting.call
    if call.kind is CallKind.BET and call.phase is not Phase.ASK:
        return "void bet"
    return _NAMES.get(call.kind, call.kind.value)


def currency_of(agent: Agent, waiting: Waiting) -> Currency:
    """The player's."""
    return agent.currencies[waiting.currency]


def amount_of(waiting: Waiting) -> int | None:
    """Minor units that it is about; None where no money is."""
    call = waiting.call
    if call.kind is CallKind.FINISH:
        return None
    return abs(waiting.moved) if call.kind is CallKind.CANCEL else call.amount


def what_next(visit: Visit, waiting: Waiting, now: datetime) -> str:
    """What the worker will do, and when."""
    call = waiting.call
    will = outlook(call).will
    if call.phase is Phase.PARKED:
        return will
    if call.is_taken(now):
        return f"At this moment. {will}"
    if waiting.behind:
        return f"After earlier calls of its round. {will}"
    when = "now" if call.due <= now else f"at {visit.moment(call.due)}"
    return f"Due {when}. {will}"


def waiting_card(visit: Visit, agent: Agent, waiting: Waiting, title: str) -> None:
    """All of it, with its buttons."""
    call, now = waiting.call, visit.office.hub.clock()
    told = outlook(call)
    amount = amount_of(waiting)
    with card(title):
        about = f"{name_of(waiting).capitalize()} {call.subject} of {waiting.username}, round {call.round_id}"
        ui.label(about + ("" if amount is None else f": {money(amount, currency_of(agent, waiting))}"))
        ui.label(told.did)
        ui.label(what_next(visit, waiting, now)).tooltip(utc(call.due))
        ui.label(_tries(waiting)).classes("quiet")
        with ui.row().classes("items-center"):
            buttons(visit, agent, waiting)
            provider = visit.office.hub.live.current.providers[call.provider_id]
            ui.link("Round", round_path(agent.id, provider.code, waiting.user_in_game, call.round_id))
            ui.link("Player", player_path(agent.id, waiting.player_id))
            ui.link("Recovery", f"/agents/{agent.id}/recovery")


def _tries(waiting: Waiting) -> str:
    call = waiting.call
    tries = "1 try" if call.tries == 1 else f"{call.tries} tries"
    return f"{tries} failed" + (f", the last with: {call.last_error}" if call.last_error else "")


def buttons(visit: Visit, agent: Agent, waiting: Waiting) -> None:
    """What a person may do about it; nothing for people who may not, and where nothing can be done."""
    if not visit.who.may(Right.MONEY):
        return
    if waiting.call.phase is Phase.PARKED:
        again = ui.button("Send again", on_click=lambda: _send_again(visit, agent, waiting))
        again.props("outline dense no-caps")
    elif why_not_now(waiting.call) is None:
        now = ui.button("Try now", on_click=lambda: _try_now(visit, agent, waiting))
        now.props("outline dense no-caps")


async def _try_now(visit: Visit, agent: Agent, waiting: Waiting) -> None:
    call = waiting.call

    async def work(desk: Desk) -> None:
        await make_due(desk.conn, agent.id, call, actor=desk.actor, now=desk.now)

    left: str | None = ""
    if await act(visit, Right.MONEY, work, "It is due now: a worker tries it next.", agent.id):
        working = ui.notification("Waiting for the worker…", spinner=True, timeout=None)
        left = await _worked_on(visit, agent, waiting)
        working.dismiss()
        _tell(left)
    _reload(visit, left is None)


async def _worked_on(visit: Visit, agent: Agent, waiting: Waiting) -> str | None:
    """What came of a try that is due; None: it is settled."""
    call = waiting.call
    for _ in range(_LOOKS):
        await asyncio.sleep(_BETWEEN_SECONDS)
        async with visit.office.reading(visit.who, agent.id) as conn:
            now = await read_again(conn, agent.id, call)
        if now is None:
            return None
        if (now.call.phase, now.call.tries) != (call.phase, call.tries):
            return f"Tried again, and not settled: {now.call.last_error or PHASES[now.call.phase]}"
    return "No worker has tried it yet. Does one run, and does it get through to the operator?"


async def _send_again(visit: Visit, agent: Agent, waiting: Waiting) -> None:
    title = f"Send the {name_of(waiting)} {waiting.call.subject} of {waiting.username} again?"
    if not await sure(title, what_it_books(agent, waiting), "Send again"):
        return
    taken: list[Taken] = []

    async def work(desk: Desk) -> None:
        again = await take_again(agent.id, waiting.call, lambda: audited(desk.conn, desk.actor, desk.now, reload=False))
        if again is None:
            raise Invalid("call", "is parked no more: somebody else has seen to it")
        taken.append(again)

    left: str | None = ""
    if await act(visit, Right.MONEY, work, "It is on its way.", agent.id):
        # With no connection held: an operator may take its time.
        working = ui.notification("Waiting for the operator…", spinner=True, timeout=None)
        done = await carry(visit.office.hub, agent.id, taken[0])
        async with visit.office.reading(visit.who, agent.id) as conn:
            left = await what_is_left(conn, agent.id, waiting.call)
        working.dismiss()
        _tell(None if left is None else f"{done.capitalize()}, and not settled: {left}")
    _reload(visit, left is None)


def what_it_books(agent: Agent, waiting: Waiting) -> str:
    """What sending it again asks the operator for, and what is booked when it agrees."""
    call, currency = waiting.call, currency_of(agent, waiting)
    command = "cancel" if call.kind is CallKind.BET else call.message()[0]
    asked = f"{command} goes to {agent.name} under its own id, so that it happens there once."
    booked = booking(call, waiting.state, waiting.moved)
    if booked is not None:
        source = "from what bonuses cost" if waiting.campaign_code else "from the house"
        way = (
            "from the player's money at the operator to the house"
            if booked.takes
            else f"{source} to the player's money there"
        )
        return f"{asked} Once it agrees, {money(booked.amount, currency)} is booked {way}."
    if call.kind is CallKind.BET:
        return f"{asked} It is to give {money(call.amount, currency)} back; here the bet is void, and nothing more is booked."
    return f"{asked} Nothing is booked here."


def _tell(left: str | None) -> None:
    if left is None:
        ui.notify("It is settled.", type="positive")
    else:
        ui.notify(left, type="warning", timeout=0, close_button=True)


def _reload(visit: Visit, is_done: bool) -> None:
    """The page as it is now, once there was time to read what came of it."""
    seconds = _READING_SECONDS if is_done else _READING_WHY_SECONDS
    ui.timer(seconds, lambda: ui.navigate.to(str(visit.url)), once=True)
