"""A new agent: under another or, made by people of the whole hub, at the top."""

from typing import NamedTuple

from nicegui import ui

from pitboss.backoffice.acts import act, check_decides_for_hub, decides_for_hub
from pitboss.backoffice.form import buttons, choice, form, shown_once, text_field
from pitboss.backoffice.office import Desk
from pitboss.backoffice.visit import Visit
from pitboss.domain.agents.entry import NewAgent, Terms, read_utc_offset
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.catalogue.entry import read_currency, read_fraction
from pitboss.domain.staff.rights import Right
from pitboss.storage.agents import CreatedAgent, create_agent

_TOP = "top"
_TYPES = {AgentType.TRANSFER.value: "in the hub (transfer)", AgentType.SEAMLESS.value: "with the agent (seamless)"}


class _Fields(NamedTuple):
    name: ui.input
    parent: ui.select
    type: ui.select
    currencies: ui.input
    wallet_url: ui.input
    country: ui.input
    offset: ui.input
    limit: ui.input | None
    share: ui.input | None


async def new_agent(visit: Visit) -> None:
    """Ask what makes an agent, make it, and show its secrets this once."""
    with form("New agent") as dialog:
        fields = _fields(visit)

        async def save() -> bool:
            created = await _create(visit, fields)
            if created is None:
                return False
            secrets = {
                "Key of the agent API": created.external_api_key,
                "Key of the partner API": created.partner_api_key,
                "Key of the events API": created.events_api_key,
                f"Signing secret of the wallet protocol, with operator_id {created.operator_id}": created.secret_key,
            }
            shown_once(f"{created.name} is made", secrets, f"/agents/{created.agent_id}/settings")
            return True

        buttons(dialog, "Create", save)


def _fields(visit: Visit) -> _Fields:
    under = {str(one.id): one.name for one in sorted(visit.office.agents_of(visit.who).values(), key=lambda a: a.name)}
    for_hub = decides_for_hub(visit)
    places = {_TOP: "nobody: at the top", **under} if for_hub else under
    name = text_field("Name")
    parent = choice("Under", places, _TOP if for_hub else str(visit.who.agent_id))
    kind = choice("Players' money is", _TYPES, AgentType.TRANSFER.value)
    currencies = text_field("Currencies", hint="The first is the base currency: EUR, USD; FUN:2 for a custom one")
    wallet_url = text_field("Address of its wallet", hint="https://…")
    wallet_url.bind_visibility_from(kind, "value", value=AgentType.SEAMLESS.value)
    country = text_field("Country of players whose country is not known", hint="Empty: none")
    offset = text_field("Its answers tell times at UTC", "+00:00")
    limit = text_field("Credit limit, in the base currency", hint="Empty: no limit") if for_hub else None
    share = text_field("Share of the GGR it keeps", "0", "A fraction from 0 to 1") if for_hub else None
    return _Fields(name, parent, kind, currencies, wallet_url, country, offset, limit, share)


async def _create(visit: Visit, fields: _Fields) -> CreatedAgent | None:
    parent_id = None if fields.parent.value == _TOP else int(fields.parent.value)
    made: list[CreatedAgent] = []

    async def work(desk: Desk) -> None:
        if parent_id is None:
            check_decides_for_hub(visit)
        parent = None if parent_id is None else visit.office.agent(visit.who, parent_id)
        hub = visit.office.hub
        made.append(
            await create_agent(
                desk.conn, hub.box, _wish(visit, fields, parent), visit.office.reach(visit.who), actor=desk.actor, now=desk.now,
                number=hub.arrivals.number,
            )
        )  # fmt: skip

    await act(visit, Right.CONFIGURE, work, f"{fields.name.value} is made.", parent_id)
    return made[0] if made else None


def _wish(visit: Visit, fields: _Fields, parent: Agent | None) -> NewAgent:
    """What the fields say. Raises Invalid. Made by people bound to an agent, it has what its parent has: those providers, and no
    credit of its own where the parent's is limited."""
    seamless = fields.type.value == AgentType.SEAMLESS.value
    limit = (fields.limit.value.strip() or None) if fields.limit else None
    providers = None
    if not decides_for_hub(visit):
        assert parent is not None
        limit = None if parent.credit_limit is None else "0"
        known = visit.office.hub.live.current.providers
        providers = tuple(known[id_].code for id_, terms in parent.providers.items() if terms.active)
    share = fields.share.value.strip() if fields.share else "0"
    codes = fields.currencies.value.upper().replace(",", " ").split()
    return NewAgent(
        name=fields.name.value.strip(),
        type=AgentType(fields.type.value),
        currencies=tuple(read_currency("currencies", code) for code in codes),
        parent_id=None if parent is None else parent.id,
        wallet_url=fields.wallet_url.value.strip() or None if seamless else None,
        default_country=fields.country.value.strip() or None,
        utc_offset_min=read_utc_offset(fields.offset.value.strip()),
        credit_limit=limit,
        providers=providers,
        terms=Terms(read_fraction("share", share)),
    )
