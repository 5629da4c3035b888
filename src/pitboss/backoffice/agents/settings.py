"""An agent as it is configured: keys, addresses, currencies and funds, providers, wallet, credit."""

from nicegui import ui

from pitboss.backoffice.agents.cards.addresses import addresses_card
from pitboss.backoffice.agents.cards.identity import credit_card, identity_card
from pitboss.backoffice.agents.cards.keys import keys_card
from pitboss.backoffice.agents.cards.money import money_card
from pitboss.backoffice.agents.cards.play import play_card
from pitboss.backoffice.agents.cards.providers import providers_card
from pitboss.backoffice.agents.cards.wallet import wallet_card
from pitboss.backoffice.agents.credit import standing_of
from pitboss.backoffice.frame import frame
from pitboss.backoffice.office import Office
from pitboss.backoffice.page import page
from pitboss.backoffice.visit import Visit
from pitboss.domain.catalogue import AgentType
from pitboss.storage.keys import list_keys
from pitboss.storage.players.wallets import read_agent_balances


def pages(office: Office) -> None:
    """`/agents/{agent_id}/settings`."""

    @page(office, "/agents/{agent_id:int}/settings")
    async def settings(visit: Visit, agent_id: int) -> None:
        await office.hub.live.refresh()
        agent = office.agent(visit.who, agent_id)
        async with office.owner.anyone() as conn:
            keys = await list_keys(conn, agent.id)
        async with office.reading(visit.who, agent.id) as conn:
            balances = await read_agent_balances(conn, agent.id, agent.currencies)
        standing = await standing_of(visit, agent)
        with frame(visit, f"Settings of {agent.name}", agent), ui.row().classes("cards"):
            with ui.column().classes("narrow"):
                identity_card(visit, agent)
                credit_card(visit, agent, standing)
                if agent.type is AgentType.SEAMLESS:
                    wallet_card(visit, agent)
                addresses_card(visit, agent)
                play_card(visit, agent)
            with ui.column().classes("wide"):
                keys_card(visit, agent, keys)
                money_card(visit, agent, balances)
                providers_card(visit, agent)
