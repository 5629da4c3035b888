"""Fills a sandbox's database, step by step, each step a no-op when it was done before: a kill in the middle loses nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pitboss.domain import ids
from pitboss.domain.agents.entry import AgentChanges, NewAgent
from pitboss.domain.agents.keys import Scope
from pitboss.domain.catalogue import Agent, AgentType
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.new_provider import NewProvider, ProviderChanges, read_unit
from pitboss.domain.ledger.commands import FundAgent, MoveMoney
from pitboss.domain.money import Currency, parse_minor
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.domain.play.decision import Refused
from pitboss.domain.staff.rights import Role
from pitboss.engine.hub import Hub
from pitboss.sandbox import contents
from pitboss.storage.agents import change_agent, create_agent
from pitboss.storage.catalogue.games import import_games
from pitboss.storage.catalogue.providers import change_provider, create_provider
from pitboss.storage.catalogue.rates import Rate, set_rate
from pitboss.storage.catalogue.snapshot import load_catalogue
from pitboss.storage.database import Connection
from pitboss.storage.keys import create_key
from pitboss.storage.players.players import create_player, find_player
from pitboss.storage.players.wallets import open_wallet
from pitboss.storage.process import next_process_number
from pitboss.storage.secrets import SecretBox
from pitboss.storage.staff.people import create_person, list_staff

ACTOR = "sandbox"
HOUSE = "house"
_KEY_NAMES = {
    Scope.AGENT_API: "external_api_key",
    Scope.PARTNER_API: "partner_api_key",
    Scope.EVENTS_API: "events_api_key",
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the sandbox's parts answer."""

    hub: str
    studio: str
    seamless_wallet: str


@dataclass(frozen=True, slots=True)
class House:
    """What the hub and the house studio know each other by; agreed before either runs, so that they start side by side."""

    operator_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the hub and its two demo peers know each other by: the studio, and the seamless casino's wallet."""

    house: House
    casino: House


class FurnishError(RuntimeError):
    """The sandbox's own demo content was refused: a fault of ours."""


async def furnish_configuration(
    conn: Connection, box: SecretBox, games: object, addresses: Addresses, parties: Agreed, kept: Mapping[str, Any]
) -> dict[str, Any]:
    """Rates, the house and its games, the demo agents; what the credentials file says of them. `kept`: what it said before.

    Needs the owner's connection.
    """
    now, agreed = datetime.now(UTC), parties.house
    catalogue = await load_catalogue(conn, box)
    for (one, other), rate in contents.rates().items():
        if catalogue.rate(one, other, now) is None:
            await set_rate(conn, Rate(one, other, now, rate), actor=ACTOR, now=now)
    house = catalogue.providers_by_code.get(HOUSE)
    if house is None:
        new = NewProvider(
            code=HOUSE,
            name="House Studio",
            operator_id=agreed.operator_id,
            secret=agreed.secret,
            launch_url=addresses.studio,
            callback_url=f"{addresses.studio}/studio",
            units=(read_unit(contents.HOUSE_UNIT),),
        )
        wallet_url = f"{addresses.hub}/wallet"
        await create_provider(conn, box, new, EVERYWHERE_INSIDE, actor=ACTOR, now=now, wallet_url=wallet_url)
    elif house.launch_url != addresses.studio or house.secret != agreed.secret:
        moved = ProviderChanges(
            launch_url=addresses.studio, callback_url=f"{addresses.studio}/studio", secret=agreed.secret
        )
        await change_provider(conn, box, HOUSE, moved, EVERYWHERE_INSIDE, actor=ACTOR, now=now)
    await import_games(conn, HOUSE, games, EVERYWHERE_INSIDE, actor=ACTOR, now=now)
    agents = await _agents(conn, box, addresses, parties.casino, kept)
    provider = {
        "id": HOUSE,
        "operator_id": agreed.operator_id,
        "secret_key": agreed.secret,
        "wallet_url": f"{addresses.hub}/wallet",
    }
    return {"agents": agents, "providers": [provider]}


async def furnish_staff(conn: Connection, password: str) -> None:
    """Somebody who may sign in at the back office; who is there already keeps the password of now."""
    now = datetime.now(UTC)
    if contents.ADMINISTRATOR not in {person.username for person in await list_staff(conn)}:
        await create_person(conn, contents.ADMINISTRATOR, password, Role.ADMIN, None, actor=ACTOR, now=now)


async def _agents(
    conn: Connection, box: SecretBox, addresses: Addresses, casino: House, kept: Mapping[str, Any]
) -> list[dict[str, Any]]:
    kept_keys = {agent["agent_id"]: agent for agent in kept.get("agents", ())}
    process, count = await next_process_number(conn), iter(range(1_000_000))
    catalogue = await load_catalogue(conn, box)
    by_name = {agent.name: agent for agent in catalogue.agents.values()}
    told = []
    for demo in contents.AGENTS:
        known = by_name.get(demo.name)
        seamless = demo.type is AgentType.SEAMLESS
        if known is None:
            new = NewAgent(
                name=demo.name,
                type=demo.type,
                currencies=tuple(CurrencyWish(code) for code in demo.currencies),
                default_country=demo.country,
                operator_id=casino.operator_id if seamless else None,
                secret=casino.secret if seamless else None,
                wallet_url=addresses.seamless_wallet if seamless else None,
            )
            created = await create_agent(
                conn,
                box,
                new,
                EVERYWHERE_INSIDE,
                actor=ACTOR,
                now=datetime.now(UTC),
                number=lambda: ids.number(process, next(count)),
            )
            told.append(created.as_json())
        else:
            if seamless and known.wallet_url != addresses.seamless_wallet:
                known = await _move_wallet(conn, box, known, addresses.seamless_wallet, process)
            told.append(await _known_agent(conn, box, known, kept_keys.get(known.id, {})))
    return told


async def _move_wallet(conn: Connection, box: SecretBox, agent: Agent, url: str, process: int) -> Agent:
    """The casino's port was taken: it answers at another one now."""
    await change_agent(
        conn, box, agent.id, AgentChanges(wallet_url=url), EVERYWHERE_INSIDE, actor=ACTOR, now=datetime.now(UTC),
        number=lambda: ids.number(process, 0),
    )  # fmt: skip
    return (await load_catalogue(conn, box)).agents[agent.id]


async def _known_agent(conn: Connection, box: SecretBox, agent: Agent, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the credentials say of an agent that is there; keys that were made and never written down are made again."""
    object_: dict[str, Any] = {
        "name": agent.name,
        "agent_id": agent.id,
        "prefix": agent.prefix,
        "type": agent.type.value,
        "base_currency": agent.base_currency.code,
        "currencies": list(agent.currencies),
        "operator_id": agent.operator_id,
        "secret_key": agent.secret,
    }
    for scope, name in _KEY_NAMES.items():
        object_[name] = kept.get(name)
        if object_[name] is None:
            key = await create_key(conn, box, agent.id, scope, actor=ACTOR, now=datetime.now(UTC))
            object_[name] = key.text
    return object_ | {"wallet_url": agent.wallet_url}


async def furnish_money(hub: Hub) -> None:
    """Fund the demo agents and their players. Each movement has a name of its own, so that it happens once."""
    by_name = {agent.name: agent for agent in hub.live.current.agents.values()}
    for demo in contents.AGENTS:
        agent = by_name[demo.name]
        for code in demo.currencies:
            await _fund(hub, agent, agent.currencies[code], len(demo.players))
        await asyncio.gather(*(_player(hub, agent, username, demo.country) for username in demo.players))


async def _fund(hub: Hub, agent: Agent, currency: Currency, players: int) -> None:
    # After its players' first deposits the agent still holds the round sum.
    amount = parse_minor(contents.AGENT_FUNDS[currency.code], currency.scale)
    if agent.type is AgentType.TRANSFER:
        amount += players * parse_minor(contents.PLAYER_FUNDS[currency.code], currency.scale)
    arrivals = hub.arrivals
    command = FundAgent(
        arrivals.id(), arrivals.id(), arrivals.number(), agent.id, ids.agent_wallet(currency.code),
        f"r:sandbox-fund-{currency.code}", amount, agent.funding_accounts[currency.code], f"fund {amount}",
    )  # fmt: skip
    outcome = await hub.engine.submit(command)
    if isinstance(outcome, Refused):
        raise FurnishError(f"{agent.name} {currency.code}: {outcome.refusal}")


async def _player(hub: Hub, agent: Agent, username: str, country: str) -> None:
    arrivals = hub.arrivals
    async with hub.database.tenant(agent.id) as conn:
        base = agent.base_currency.code
        await create_player(
            conn, agent.id, arrivals.player_id(agent.prefix), username, base, country, datetime.now(UTC)
        )
        player = await find_player(conn, agent.id, username)
        assert player is not None
        for code in agent.currencies:
            await open_wallet(conn, agent.id, arrivals.number(), player.player_id, code)
    for code, currency in agent.currencies.items():
        amount = parse_minor(contents.PLAYER_FUNDS[code], currency.scale)
        command = MoveMoney(
            arrivals.id(), arrivals.id(), arrivals.id(), arrivals.number(), agent.id,
            ids.user_in_game(player.player_id, code), ids.agent_wallet(code), f"r:sandbox-{username}-{code}", amount, True,
            f"deposit {amount} {code} {username}",
        )  # fmt: skip
        outcome = await hub.engine.submit(command)
        if isinstance(outcome, Refused):
            raise FurnishError(f"{username} {code}: {outcome.refusal}")
