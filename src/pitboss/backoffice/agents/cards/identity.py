"""Who the agent is, whether it is served, and its credit with the hub."""

from functools import partial

from nicegui import ui

from pitboss.backoffice.acts import check_decides_for_hub, decides_for_hub, do, sure
from pitboss.backoffice.agents.change import change
from pitboss.backoffice.card import button, card
from pitboss.backoffice.facts import facts
from pitboss.backoffice.form import buttons, form, text_field
from pitboss.backoffice.grid import Cell, amount
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit, money
from pitboss.domain.agents.entry import AgentChanges
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.money import Currency, format_decimal, format_minor
from pitboss.domain.reports.credit import Standing
from pitboss.domain.staff.rights import Right
from pitboss.storage.reports.revenue import settle

TYPES = {AgentType.TRANSFER: "in the hub (transfer)", AgentType.SEAMLESS: "with the agent (seamless)"}


def identity_card(visit: Visit, agent: Agent) -> None:
    """Names, ids and state; block and unblock."""
    parent = visit.office.agents_of(visit.who).get(agent.parent_id or 0)
    configures = visit.who.may(Right.CONFIGURE)
    with card("Agent") as head:
        facts({
            "Name": Cell(agent.name),
            "Id": Cell(str(agent.id), tone="mono"),
            "Under": Cell("") if parent is None else Cell(parent.name, href=f"/agents/{parent.id}/settings"),
            "Players' money": Cell(TYPES[agent.type]),
            "operator_id": Cell(agent.operator_id, tone="mono"),
            "Prefix": Cell(agent.prefix, "Its players' names in games and its keys begin with it.", tone="mono"),
            "State": Cell("active", tone="good") if agent.active else Cell("blocked", tone="bad"),
        })  # fmt: skip
    with head:
        if configures:
            button("Rename", partial(_rename, visit, agent))
        if configures and decides_for_hub(visit):
            if agent.active:
                button("Block", partial(_block, visit, agent), bad=True)
            else:
                served = f"{agent.name} is served again."
                button("Unblock", partial(change, visit, agent, AgentChanges(active=True), served, for_hub=True))


async def _rename(visit: Visit, agent: Agent) -> None:
    with form(f"Rename {agent.name}") as dialog:
        name = text_field("Name", agent.name)
        buttons(
            dialog, "Rename", lambda: change(visit, agent, AgentChanges(name=name.value), f"It is {name.value} now.")
        )


async def _block(visit: Visit, agent: Agent) -> None:
    text = "Its calls are refused and its players can stake no more. Wins of rounds under way still arrive."
    if await sure(f"Block {agent.name}?", text, "Block"):
        await change(visit, agent, AgentChanges(active=False), f"{agent.name} is blocked.", for_hub=True)


def credit_card(visit: Visit, agent: Agent, standing: Standing | None) -> None:
    """What the agent may owe the hub, and how much of it is used."""
    base = agent.base_currency
    with card("Credit with the hub") as head:
        if standing is None or agent.credit_limit is None:
            facts({"Limit": Cell("none: it may owe any amount", tone="quiet")})
        else:
            told = f"{_worth(standing, base)} ({format_decimal(standing.percentage)}%)"
            used = Cell(told, tone="bad" if standing.exhausted else "")
            facts({"Limit": amount(agent.credit_limit, base), "Used since the last settlement": used})
            if standing.exhausted:
                ui.label("Used up: nobody can stake until it is settled or raised.").classes("bad")
    with head:
        if visit.who.may(Right.CONFIGURE) and decides_for_hub(visit):
            button("Change", partial(_limit, visit, agent))
        if visit.who.may(Right.MONEY) and decides_for_hub(visit):
            button("Settle", partial(_settle, visit, agent))


def _worth(standing: Standing, base: Currency) -> str:
    """What is used, in whole minor units: shares of one are cut off."""
    return money(int(standing.used.scaleb(base.scale)), base)


async def _limit(visit: Visit, agent: Agent) -> None:
    base, limit = agent.base_currency, agent.credit_limit
    with form(f"Credit limit of {agent.name}", "Who has used it up can stake no more until it is settled.") as dialog:
        typed = text_field(
            f"Limit in {base.code}", "" if limit is None else format_minor(limit, base.scale), "Empty: no limit."
        )

        async def save() -> bool:
            text = typed.value.strip()
            changes = AgentChanges(credit_limit=text or None, no_credit_limit=not text)
            return await change(visit, agent, changes, f"{agent.name} has another credit limit.", for_hub=True)

        buttons(dialog, "Set limit", save)


async def _settle(visit: Visit, agent: Agent) -> None:
    text = "All play until now counts as settled: nothing of its credit is used then. It cannot be taken back."
    if not await sure(f"Settle with {agent.name}?", text, "Settle"):
        return

    async def work(desk: Desk) -> None:
        check_decides_for_hub(visit)
        catalogue = visit.office.hub.live.current
        await settle(desk.conn, catalogue, agent, actor=desk.actor, now=desk.now)

    await do(visit, Right.MONEY, work, f"All play of {agent.name} until now is settled.", agent.id)
