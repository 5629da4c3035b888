"""The agent's currencies, what its wallets hold, and money from outside into them."""

import secrets
from functools import partial
from typing import Final

from nicegui import ui

from pitboss.backoffice.acts import check_decides_for_hub, decides_for_hub, do, sure
from pitboss.backoffice.agents.change import change
from pitboss.backoffice.card import button, card, table
from pitboss.backoffice.form import buttons, choice, form, text_field
from pitboss.backoffice.grid import Cell, Column, amount
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit, money
from pitboss.domain.agents.entry import AgentChanges
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.catalogue.entry import read_amount, read_currency
from pitboss.domain.invalid import Invalid
from pitboss.domain.staff.rights import Right
from pitboss.engine.agent_funding import fund_from_outside

_IN, _OUT = "in", "out"
_WAYS: Final = {_IN: "Put in", _OUT: "Take out"}


def money_card(visit: Visit, agent: Agent, balances: dict[str, int]) -> None:
    """Currencies, with the balances of a transfer agent."""
    transfer = agent.type is AgentType.TRANSFER
    columns = (Column("currency", "Currency"), *([Column("balance", "Agent's wallet", right=True)] if transfer else []))
    base = agent.base_currency.code
    rows = [
        {"currency": Cell(f"{code} (base)" if code == base else code), "balance": amount(balances.get(code, 0), currency)}
        for code, currency in sorted(agent.currencies.items(), key=lambda item: (item[0] != base, item[0]))
    ]  # fmt: skip
    with card("Currencies and funds" if transfer else "Currencies") as head:
        table(columns, rows, "No currency.")
    with head:
        if visit.who.may(Right.CONFIGURE):
            button("Add a currency", partial(_add, visit, agent))
        if transfer and visit.who.may(Right.MONEY) and decides_for_hub(visit):
            button("Fund", partial(_fund, visit, agent))


async def _add(visit: Visit, agent: Agent) -> None:
    text = "Its players and games can be played in it at once. A currency that was added stays."
    with form(f"Add a currency to {agent.name}", text) as dialog:
        code = text_field("Currency", hint="EUR, or FUN:2 for a custom one with 2 decimals")

        async def save() -> bool:
            wish = read_currency("currency", code.value.strip().upper())
            return await change(visit, agent, AgentChanges(add_currencies=(wish,)), f"{agent.name} has {wish.code}.")

        buttons(dialog, "Add", save)


async def _fund(visit: Visit, agent: Agent) -> None:
    # The same wish asked for again moves nothing again: nobody knows whether an answer that was lost was a yes.
    asked: dict[tuple[str, str], str] = {}
    codes = {code: code for code in sorted(agent.currencies)}
    with form(f"Fund {agent.name}", "Money from outside the hub, through the ledger.") as dialog:
        way = ui.toggle(_WAYS, value=_IN).props("no-caps unelevated padding='.35rem .9rem'")
        currency = choice("Currency", codes, agent.base_currency.code)
        typed = text_field("Amount", hint="A plain decimal, such as 1000.50")

        async def save() -> bool:
            text = typed.value.strip()
            minor = read_amount("amount", text, agent.currencies[currency.value].scale)
            if minor <= 0:
                raise Invalid("amount", "must be more than zero")
            signed = text if way.value == _IN else f"-{text}"
            request_id = asked.setdefault((currency.value, signed), secrets.token_hex(8))
            if not await _is_meant(agent, way.value, money(minor, agent.currencies[currency.value])):
                return False
            return await _move(visit, agent, currency.value, signed, request_id)

        buttons(dialog, "Go on", save)


async def _is_meant(agent: Agent, way: str, told: str) -> bool:
    if way == _IN:
        title, text = f"Put {told} into the wallet of {agent.name}?", "It can be given to players at once."
    else:
        title, text = f"Take {told} out of the wallet of {agent.name}?", "It leaves the hub."
    return await sure(title, text, _WAYS[way])


async def _move(visit: Visit, agent: Agent, currency: str, signed: str, request_id: str) -> bool:
    async def work(desk: Desk) -> None:
        check_decides_for_hub(visit)
        await fund_from_outside(
            visit.office.hub, desk.conn, agent.id, currency, signed, request_id, actor=desk.actor, now=desk.now
        )

    done = f"The wallet of {agent.name} has changed by {signed} {currency}."
    return await do(visit, Right.MONEY, work, done, agent.id)
