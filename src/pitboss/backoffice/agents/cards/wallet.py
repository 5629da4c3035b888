"""Where a seamless agent's wallet is, and how it is called."""

from functools import partial

from nicegui import ui

from pitboss.backoffice.agents.change import change
from pitboss.backoffice.card import button, card
from pitboss.backoffice.facts import facts
from pitboss.backoffice.form import buttons, count, form, text_field
from pitboss.backoffice.grid import Cell
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges, WalletTermsChanges
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right


def wallet_card(visit: Visit, agent: Agent) -> None:
    """Of a seamless agent."""
    terms = agent.wallet_terms
    with card("Its wallet") as head:
        facts({
            "Address": Cell(agent.wallet_url or "–", tone="mono"),
            "A connection may take": Cell(f"{terms.connect_timeout_ms} ms"),
            "A call may take": Cell(f"{terms.timeout_ms} ms"),
            "Calls at once": Cell(f"{terms.concurrency}", "From each process of the hub."),
            "What must arrive is tried for": Cell(f"{terms.retry_days} days"),
            "A missing echo": Cell("is told in the log" if terms.echo else "is not told"),
        })  # fmt: skip
    with head:
        if visit.who.may(Right.CONFIGURE):
            button("Change", partial(_change, visit, agent))


async def _change(visit: Visit, agent: Agent) -> None:
    terms = agent.wallet_terms
    with form(f"Wallet of {agent.name}") as dialog:
        url = text_field("Address", agent.wallet_url or "")
        connect = text_field("A connection may take (ms)", str(terms.connect_timeout_ms))
        whole = text_field("A call may take (ms)", str(terms.timeout_ms))
        at_once = text_field("Calls at once, from each process", str(terms.concurrency))
        days = text_field("What must arrive is tried for (days)", str(terms.retry_days))
        echo = ui.checkbox("Tell in the log when it does not echo", value=terms.echo)

        async def save() -> bool:
            changed = WalletTermsChanges(
                connect_timeout_ms=count("wallet_connect_timeout_ms", connect.value),
                timeout_ms=count("wallet_timeout_ms", whole.value),
                concurrency=count("wallet_concurrency", at_once.value),
                retry_days=count("wallet_retry_days", days.value),
                echo=echo.value,
            )
            address = url.value.strip()
            changes = AgentChanges(wallet_url=None if address == agent.wallet_url else address, wallet_terms=changed)
            return await change(visit, agent, changes, f"The wallet of {agent.name} is called so from now on.")

        buttons(dialog, "Save", save)
