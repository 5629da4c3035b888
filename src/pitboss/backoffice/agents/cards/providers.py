"""Which studios' games the agent has, and its shares."""

from decimal import Decimal
from functools import partial
from typing import NamedTuple

from pitboss.backoffice.acts import check_decides_for_hub, decides_for_hub, do, sure
from pitboss.backoffice.card import button, card, table
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.grid import Cell, Column
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import TermsChanges
from pitboss.domain.catalogue import Agent, Provider, ProviderTerms
from pitboss.domain.catalogue.entry import read_fraction
from pitboss.domain.money import format_decimal
from pitboss.domain.staff.rights import Right
from pitboss.storage.agents import change_terms

_COLUMNS = (
    Column("provider", "Provider"), Column("state", "State"), Column("share", "Share of GGR", right=True),
    Column("commission", "Commission", right=True), Column("contribution", "Contribution", right=True),
)  # fmt: skip


class _Line(NamedTuple):
    provider: Provider
    terms: ProviderTerms


def providers_card(visit: Visit, agent: Agent) -> None:
    """Its providers with their terms; others can be given."""
    providers = visit.office.hub.live.current.providers
    lines = [_Line(providers[id_], terms) for id_, terms in agent.providers.items()]
    lines.sort(key=lambda line: line.provider.name.lower())
    decides = visit.who.may(Right.CONFIGURE) and decides_for_hub(visit)

    async def clicked(place: int, column: str) -> None:
        line = lines[place]
        await (_change(visit, agent, line) if column == "change" else _switch(visit, agent, line))

    with card("Providers") as head:
        columns = (*_COLUMNS, *([Column("change", ""), Column("switch", "")] if decides else []))
        table(columns, [_row(line) for line in lines], "No providers: its players have no games.", clicked)
    with head:
        others = {one.code: one.name for id_, one in providers.items() if id_ not in agent.providers}
        if decides and others:
            button("Give a provider", partial(_give, visit, agent, others))


def _row(line: _Line) -> dict[str, Cell]:
    terms = line.terms
    state = Cell("on", tone="good") if terms.active else Cell("off", tone="bad")
    if not line.provider.active:
        state = Cell("off for everybody", tone="bad")
    return {
        "provider": Cell(line.provider.name, hint=line.provider.code),
        "state": state,
        "share": Cell(_percent(terms.share)),
        "commission": Cell(_percent(terms.commission_rate)),
        "contribution": Cell(_percent(terms.contribution_rate)),
        "change": Cell("Change", act=True),
        "switch": Cell("Switch off" if terms.active else "Switch on", act=True),
    }


def _percent(fraction: Decimal) -> str:
    return f"{format_decimal(fraction.scaleb(2))}%"


async def _set(visit: Visit, agent: Agent, code: str, changes: TermsChanges, done: str) -> bool:
    async def work(desk: Desk) -> None:
        check_decides_for_hub(visit)
        await change_terms(desk.conn, agent.id, code, changes, actor=desk.actor, now=desk.now)

    return await do(visit, Right.CONFIGURE, work, done, agent.id)


async def _switch(visit: Visit, agent: Agent, line: _Line) -> None:
    name, active = line.provider.name, not line.terms.active
    if not active:
        text = "Its players can stake in none of these games. Wins of rounds under way still arrive."
        if not await sure(f"Switch {name} off for {agent.name}?", text, "Switch off"):
            return
    done = f"{agent.name} {'has' if active else 'no longer has'} {name}."
    await _set(visit, agent, line.provider.code, TermsChanges(active=active), done)


async def _change(visit: Visit, agent: Agent, line: _Line) -> None:
    terms = line.terms
    with form(f"Terms of {agent.name} with {line.provider.name}", "Fractions from 0 to 1, such as 0.15.") as dialog:
        share = text_field("Share of the GGR it keeps", format_decimal(terms.share))
        commission = text_field("Commission of the turnover", format_decimal(terms.commission_rate))
        contribution = text_field("Contribution of the turnover", format_decimal(terms.contribution_rate))

        async def save() -> bool:
            changes = TermsChanges(
                share=read_fraction("share", share.value.strip()),
                commission_rate=read_fraction("commission", commission.value.strip()),
                contribution_rate=read_fraction("contribution", contribution.value.strip()),
            )
            done = f"{agent.name} has other terms with {line.provider.name}."
            return await _set(visit, agent, line.provider.code, changes, done)

        buttons(dialog, "Save", save)


async def _give(visit: Visit, agent: Agent, others: dict[str, str]) -> None:
    with form(f"Give {agent.name} a provider", "Its players can play its games at once.") as dialog:
        code = choice("Provider", others, next(iter(others)))
        share = text_field("Share of the GGR it keeps", "0", "A fraction from 0 to 1, such as 0.15.")

        async def save() -> bool:
            changes = TermsChanges(active=True, share=read_fraction("share", share.value.strip()))
            return await _set(visit, agent, code.value, changes, f"{agent.name} has {others[code.value]}.")

        buttons(dialog, "Give", save)
