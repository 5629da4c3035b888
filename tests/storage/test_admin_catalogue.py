"""What the administration writes is what a process reads into memory, under the application's role."""

import itertools
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pitboss.domain.agents.entry import NewAgent, Terms
from pitboss.domain.catalogue import AgentType, BetLimit
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game_list import decode_game_list
from pitboss.domain.catalogue.new_provider import NewProvider, NewUnit
from pitboss.domain.money import Currency
from pitboss.domain.outbound import EVERYWHERE_INSIDE
from pitboss.storage.agents import CreatedAgent, create_agent
from pitboss.storage.catalogue import config_version, load_catalogue
from pitboss.storage.database import APP_ROLE, Connection, Database
from pitboss.storage.games import Imported, import_games
from pitboss.storage.process import next_process_number
from pitboss.storage.providers import create_provider
from pitboss.storage.secrets import SecretBox, ensure_master_key, open_box

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Connection]:
    database = await Database.open(database_url, None, size=2)
    async with database.anyone() as conn:
        yield conn
    await database.close()


@pytest.fixture
async def box(owner: Connection, tmp_path: Path) -> SecretBox:
    await ensure_master_key(owner, tmp_path)
    return await open_box(owner, None)


async def an_agent(owner: Connection, box: SecretBox, name: str = "One", **changes: object) -> CreatedAgent:
    numbers = itertools.count(await owner.fetchval("SELECT count(*) FROM agent") * 1000 + 1)
    members: dict[str, object] = {
        "name": name,
        "type": AgentType.TRANSFER,
        "currencies": (CurrencyWish("EUR"), CurrencyWish("IDR")),
    }
    new = NewAgent(**{**members, **changes})  # type: ignore[arg-type]
    return await create_agent(owner, box, new, EVERYWHERE_INSIDE, actor="test", now=NOW, number=lambda: next(numbers))


async def a_provider(owner: Connection, box: SecretBox, code: str = "acme", **changes: object) -> None:
    new = NewProvider(code=code, **changes)  # type: ignore[arg-type]
    url = "http://127.0.0.1:8080/wallet"
    await create_provider(owner, box, new, EVERYWHERE_INSIDE, actor="test", now=NOW, wallet_url=url)


async def test_the_application_reads_what_was_written(database_url: str, owner: Connection, box: SecretBox) -> None:
    await a_provider(
        owner, box, secret="studio secret", units=(NewUnit("KIDR", "IDR", 3),), prohibited_countries=("Germany",)
    )
    created = await an_agent(
        owner, box, allowed_ips=("203.0.113.7", "2001:db8::/32"), default_country="DEU", credit_limit="1000.5",
        terms=Terms(share=Decimal("0.15")),
    )  # fmt: skip
    games = [
        {
            "gameId": 12, "name": "Twelve", "category": "slot", "rtp": "96.21",
            "betValues": {"EUR": ["0.2", "1"], "KIDR": ["0.5", "10"]},
            "betLimits": {
                "standard": {
                    "label": "Standard", "isDefault": True,
                    "limits": {"EUR": {"min": "0.2", "max": "10000"}, "KIDR": {"min": "0.1", "max": "200000"}},
                }
            },
        }
    ]  # fmt: skip
    listed = decode_game_list(json.dumps(games).encode())
    imported = await import_games(owner, "acme", listed, EVERYWHERE_INSIDE, actor="test", now=NOW)
    assert imported == Imported(added=1, changed=0, unchanged=0)

    application = await Database.open(database_url, APP_ROLE, size=1)
    async with application.anyone() as conn:
        catalogue = await load_catalogue(conn, box)
        first, second = await next_process_number(conn), await next_process_number(conn)
    await application.close()

    assert (first, second) == (1, 2)
    assert catalogue.version == await config_version(owner) == 3
    agent = catalogue.agents_by_prefix[created.prefix]
    assert agent.id == created.agent_id == 1
    assert agent.secret == created.secret_key
    assert agent.base_currency == Currency("EUR", 2)
    assert agent.credit_limit == 100_050
    assert agent.default_country == "DE"
    assert [str(network) for network in agent.allowed_ips] == ["203.0.113.7/32", "2001:db8::/32"]
    assert agent.providers[1].active
    assert agent.providers[1].share == Decimal("0.15")
    assert set(agent.house_accounts) == set(agent.funding_accounts) == {"EUR", "IDR"}
    provider = catalogue.providers_by_code["acme"]
    assert provider.secret == "studio secret"
    assert provider.prohibits("DE")
    unit = catalogue.unit(provider, "KIDR")
    assert unit is not None
    assert (unit.currency.code, unit.exponent) == ("IDR", 3)
    assert catalogue.unit(provider, "IDR") is None
    game = catalogue.games_by_code["acme_00001"]
    assert game is catalogue.games_by_provider[1, 12]
    assert catalogue.plays(agent, game)
    # IDR has two decimals: 0.1 KIDR are 100 IDR, 10,000 of its minor units.
    assert game.default_limits == {"EUR": BetLimit(20, 1_000_000), "IDR": BetLimit(10_000, 20_000_000_000)}
    assert game.bet_values == {"EUR": ("0.2", "1"), "IDR": ("500", "10000")}
    assert game.rtp == Decimal("96.21")
    for secret in (created.secret_key, created.external_api_key, "studio secret"):
        assert secret not in repr((catalogue, created, box))
