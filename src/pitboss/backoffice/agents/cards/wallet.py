"""Where a seamless agent's wallet is, and how it is called."""

from functools import partial

from nicegui import ui

from pitboss.backoffice.agents.cards.card import button, card, change, fact
from pitboss.backoffice.form import buttons, count, form, text_field
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import AgentChanges, WalletTermsChanges
from pitboss.domain.catalogue import Agent
from pitboss.domain.staff.rights import Right


def wallet_card(visit: Visit, agent: Agent) -> None:
    """Of a seamless agent."""
    terms = agent.wallet_terms
    with card("Its wallet") as head:
        fact("Address", agent.wallet_url or "–", "mono")
        fact("A connection may take", f"{terms.connect_timeout_ms} ms")
        fact("A call may take", f"{terms.timeout_ms} ms")
        fact("Calls at once", f"{terms.concurrency}", hint="From each process of the hub.")
        fact("What must arrive is tried for", f"{terms.retry_days} days")
        fact("A missing echo", "is told in the log" if terms.echo else "is not told")
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

        async def save() -> None:
            changed = WalletTermsChanges(
                connect_timeout_ms=count("wallet_connect_timeout_ms", connect.value),
                timeout_ms=count("wallet_timeout_ms", whole.value),
                concurrency=count("wallet_concurrency", at_once.value),
                retry_days=count("wallet_retry_days", days.value),
                echo=echo.value,
            )
            changes = AgentChanges(wallet_url=url.value.strip(), wallet_terms=changed)
            await change(visit, agent, changes, f"The wallet of {agent.name} is called so from now on.")

        buttons(dialog, "Save", save)
