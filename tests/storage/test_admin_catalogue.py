"""What the administration writes is what a process reads into memory, under the application's role."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from admin_stage import NOW, Desk, open_desk

from pitboss.domain.agents.entry import AgentChanges, Terms, TermsChanges
from pitboss.domain.agents.keys import Scope, verify
from pitboss.domain.catalogue import AgentType, BetLimit, Catalogue
from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game_list import GameListInvalid
from pitboss.domain.catalogue.new_provider import NewUnit, ProviderChanges
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.domain.outbound import EVERYWHERE_INSIDE, PUBLIC_ONLY
from pitboss.storage.agents import ACCOUNT_KINDS, change_agent, change_terms
from pitboss.storage.catalogue.games import Imported, switch_game
from pitboss.storage.catalogue.providers import change_provider
from pitboss.storage.catalogue.rates import Rate, read_rate, set_rate
from pitboss.storage.catalogue.snapshot import config_version, load_catalogue
from pitboss.storage.database import APP_ROLE, Database
from pitboss.storage.keys import create_key, list_keys, revoke_key, rotate_key
from pitboss.storage.process import next_process_number, record_public_url, recorded_public_url

GAME = {"gameId": 12, "name": "Twelve", "category": "slot"}
KIDR = NewUnit("KIDR", "IDR", 3)


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(database_url, tmp_path) as desk:
        yield desk


def ranges(**limits: tuple[str, str]) -> dict[str, object]:
    inner = {code: {"min": low, "max": high} for code, (low, high) in limits.items()}
    return {"standard": {"label": "Standard", "isDefault": True, "limits": inner}}


async def read_as_application(database_url: str, desk: Desk) -> Catalogue:
    application = await Database.open(database_url, APP_ROLE, size=1)
    async with application.anyone() as conn:
        catalogue = await load_catalogue(conn, desk.box)
    await application.close()
    return catalogue


async def test_an_agent_is_read_as_it_was_written(database_url: str, desk: Desk) -> None:
    await desk.provider()
    parent = await desk.agent("Parent")
    created = await desk.agent(
        type=AgentType.SEAMLESS, wallet_url="http://127.0.0.1:9/wallet", secret="operator secret", parent_id=1,
        currencies=(CurrencyWish("IDR"), CurrencyWish("KWD"), CurrencyWish("FUN", 4)), operator_id="Sea_Casino-1",
        allowed_ips=("203.0.113.7", "2001:db8::/32"), default_country="Germany", credit_limit="1000.5", prefix="2sjcc",
        utc_offset_min=420, one_session=True, allow_negative=True, terms=Terms(Decimal("0.15"), Decimal("0.01")),
    )  # fmt: skip
    catalogue = await read_as_application(database_url, desk)
    agent = catalogue.agents_by_prefix["2sjcc"]
    assert agent is catalogue.agents[2] is catalogue.agents_by_operator_id["Sea_Casino-1"]
    assert (agent.name, agent.type, agent.parent_id, agent.active) == ("One", AgentType.SEAMLESS, 1, True)
    assert (agent.secret, agent.wallet_url) == ("operator secret", "http://127.0.0.1:9/wallet")
    assert agent.base_currency == Currency("IDR", 2)
    assert agent.currencies == {"IDR": Currency("IDR", 2), "KWD": Currency("KWD", 3), "FUN": Currency("FUN", 4)}
    assert (agent.default_country, agent.utc_offset_min, agent.credit_limit) == ("DE", 420, 100_050)
    assert (agent.one_session, agent.allow_negative) == (True, True)
    assert [str(network) for network in agent.allowed_ips] == ["203.0.113.7/32", "2001:db8::/32"]
    terms = agent.providers[1]
    assert (terms.active, terms.share, terms.commission_rate, terms.contribution_rate) == (
        True, Decimal("0.15"), Decimal("0.01"), Decimal(0),
    )  # fmt: skip
    assert set(agent.house_accounts) == set(agent.funding_accounts) == {"IDR", "KWD", "FUN"}
    assert created.as_json() == {
        "name": "One", "agent_id": 2, "prefix": "2sjcc", "type": "seamless", "base_currency": "IDR",
        "currencies": ["IDR", "KWD", "FUN"], "operator_id": "Sea_Casino-1", "secret_key": "operator secret",
        "external_api_key": created.external_api_key, "partner_api_key": created.partner_api_key,
        "events_api_key": created.events_api_key, "wallet_url": "http://127.0.0.1:9/wallet",
    }  # fmt: skip
    assert len({created.secret_key, created.external_api_key, created.partner_api_key, created.events_api_key}) == 4
    assert parent.operator_id != created.operator_id


async def test_an_agent_has_accounts_and_a_wallet_in_each_currency(desk: Desk) -> None:
    await desk.agent(currencies=(CurrencyWish("EUR"), CurrencyWish("USD")))
    accounts = await desk.conn.fetch("SELECT kind, currency, id FROM account WHERE agent_id = 1")
    wallets = await desk.conn.fetch(
        "SELECT user_in_game, currency, balance, player_id, id FROM wallet WHERE agent_id = 1"
    )
    assert {(row["kind"], row["currency"]) for row in accounts} == {
        (kind, code) for kind in ("funding", "house", "operator", "bonus_cost", "suspense") for code in ("EUR", "USD")
    }
    assert {tuple(row)[:4] for row in wallets} == {("agent-EUR", "EUR", 0, None), ("agent-USD", "USD", 0, None)}
    # One posting names an account or a wallet by its id alone.
    assert (
        len({row["id"] for row in [*accounts, *wallets]}) == len(accounts) + len(wallets) == 2 * len(ACCOUNT_KINDS) + 2
    )


async def test_a_provider_and_its_games_are_read_as_they_were_written(database_url: str, desk: Desk) -> None:
    await desk.agent()
    await desk.provider(
        secret="studio secret", units=(KIDR,), prohibited_countries=("Germany",), restricted_countries=("FRA",),
        launch_url="http://127.0.0.1:9/launch", allowed_ips=("10.0.0.0/8",), operator_id="studio-1",
    )  # fmt: skip
    game = GAME | {
        "rtp": "96.21", "hasFreeRound": True, "devices": ["mobile"], "logoUrl": "https://cdn.example/12.png",
        "betValues": {"EUR": ["1", "0.2"], "KIDR": ["0.5", "10"]}, "prohibitedCountries": ["USA"],
        "betLimits": ranges(EUR=("0.2", "10000"), KIDR=("0.1", "200000")),
    }  # fmt: skip
    assert await desk.games("acme", [game]) == Imported(added=1, changed=0, unchanged=0)
    catalogue = await read_as_application(database_url, desk)
    provider = catalogue.providers_by_code["acme"]
    assert provider is catalogue.providers[1] is catalogue.providers_by_operator_id["studio-1"]
    assert (provider.secret, provider.launch_url, provider.callback_url) == (
        "studio secret",
        "http://127.0.0.1:9/launch",
        None,
    )
    assert (provider.prohibited_countries, provider.restricted_countries) == (("DE",), ("FR",))
    assert [str(network) for network in provider.allowed_ips] == ["10.0.0.0/8"]
    unit = catalogue.unit(provider, "KIDR")
    assert unit is not None
    assert (unit.currency, unit.exponent) == (Currency("IDR", 2), 3)
    assert catalogue.unit(provider, "IDR") is None
    read = catalogue.games_by_code["acme_00001"]
    assert read is catalogue.games_by_provider[1, 12] is catalogue.games[1]
    assert catalogue.plays(catalogue.agents[1], read)
    # IDR has two decimals: 0.1 KIDR are 100 IDR, 10,000 of its minor units.
    assert read.default_limits == {"EUR": BetLimit(20, 1_000_000), "IDR": BetLimit(10_000, 20_000_000_000)}
    assert read.bet_values == {"EUR": ("0.2", "1"), "IDR": ("500", "10000")}
    assert (read.rtp, read.has_free_round, read.has_free_chip, read.fun_mode) == (Decimal("96.21"), True, False, False)
    assert (read.devices, read.logo_url) == (("mobile",), "https://cdn.example/12.png")
    assert (read.restricted_countries, read.prohibited_countries) == ((), ("US",))


async def test_an_import_changes_all_or_nothing_and_keeps_ids(desk: Desk) -> None:
    await desk.provider()
    await desk.provider("other")
    await desk.games("acme", [GAME, GAME | {"gameId": 13}])
    await desk.games("other", [GAME])
    before = await config_version(desk.conn)
    with pytest.raises(GameListInvalid) as caught:
        await desk.games("acme", [GAME | {"name": "New"}, GAME | {"gameId": 14, "betValues": {"BRL": ["x"]}}])
    assert [problem.partition(" ")[0] for problem in caught.value.problems] == ["[1].betValues.BRL[0]"]
    catalogue = await desk.catalogue()
    assert catalogue.version == before
    assert "BRL" not in catalogue.currencies
    assert catalogue.games_by_code["acme_00001"].name == "Twelve"

    changed = [GAME | {"gameId": 15}, GAME | {"name": "New"}, GAME | {"gameId": 13}]
    assert await desk.games("acme", changed) == Imported(added=1, changed=1, unchanged=1)
    games = (await desk.catalogue()).games
    assert [(g.id, g.code, g.provider_game_id, g.name) for g in games.values()] == [
        (1, "acme_00001", 12, "New"), (2, "acme_00002", 13, "Twelve"), (3, "other_00001", 12, "Twelve"),
        (4, "acme_00003", 15, "Twelve"),
    ]  # fmt: skip


async def test_what_counts_towards_wagering_stays_until_a_list_says_otherwise(desk: Desk) -> None:
    await desk.provider()

    async def after(document: list[dict[str, object]]) -> tuple[Imported, list[int]]:
        imported = await desk.games("acme", document)
        return imported, [game.contribution for game in (await desk.catalogue()).games.values()]

    first = [
        GAME | {"wageringContribution": 20},
        GAME | {"gameId": 13},
        GAME | {"gameId": 14, "wageringContribution": 0},
    ]
    assert await after(first) == (Imported(added=3, changed=0, unchanged=0), [20, 100, 0])
    silent = [GAME, GAME | {"gameId": 13}, GAME | {"gameId": 14}]
    assert await after(silent) == (Imported(added=0, changed=0, unchanged=3), [20, 100, 0])
    told = [GAME | {"wageringContribution": 100}, GAME | {"gameId": 13, "wageringContribution": 5}]
    assert await after(told) == (Imported(added=0, changed=2, unchanged=0), [100, 5, 0])


async def test_limits_follow_the_newest_list(desk: Desk) -> None:
    await desk.provider()
    low = {"low": {"label": "Low", "limits": {"EUR": {"max": "5"}}}}
    await desk.games("acme", [GAME | {"betLimits": ranges(EUR=("1", "10"), USD=("1", "11")) | low}])
    await desk.games("acme", [GAME | {"betLimits": {"low": low["low"] | {"isDefault": True}}}])
    catalogue = await desk.catalogue()
    sets = {s.id: s for s in catalogue.providers[1].bet_limit_sets["slot"]}
    assert catalogue.games[1].default_limits == {"EUR": BetLimit(0, 500)}
    assert sets["standard"].limits == {"EUR": BetLimit(100, 1000), "USD": BetLimit(100, 1100)}
    assert (sets["standard"].is_default, sets["low"].is_default) == (False, True)


async def test_who_serves_whom(desk: Desk) -> None:
    await desk.provider("first")
    await desk.provider("second")
    await change_provider(
        desk.conn, desk.box, "second", ProviderChanges(active=False), PUBLIC_ONLY, actor="test", now=NOW
    )
    await desk.agent("A")
    await desk.agent("B", providers=("second",))
    await desk.agent("C", providers=())
    await desk.provider("third")
    await desk.provider("fourth", agents=(2, 3))
    agents = (await desk.catalogue()).agents
    assert {agent.name: sorted(agent.providers) for agent in agents.values()} == {
        "A": [1, 3],
        "B": [2, 3, 4],
        "C": [3, 4],
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Taken"}, "name"), ({"name": " x"}, "name"), ({"name": ""}, "name"), ({"name": "a\nb"}, "name"),
        ({"prefix": "taken"}, "prefix"), ({"prefix": "ABCDE"}, "prefix"), ({"prefix": "abcd"}, "prefix"),
        ({"operator_id": "agent-id"}, "operator_id"), ({"operator_id": "studio-id"}, "operator_id"),
        ({"operator_id": "x" * 21}, "operator_id"), ({"operator_id": "a b"}, "operator_id"),
        ({"secret": ""}, "secret"), ({"secret": "sécret"}, "secret"),
        ({"currencies": ()}, "currency"), ({"currencies": (CurrencyWish("QQQ"),)}, "currency"),
        ({"currencies": (CurrencyWish("EUR"), CurrencyWish("EUR"))}, "currency"),
        ({"currencies": (CurrencyWish("EUR", 3),)}, "currency"),
        ({"type": AgentType.SEAMLESS}, "wallet_url"), ({"wallet_url": "https://w.example/"}, "wallet_url"),
        ({"type": AgentType.SEAMLESS, "wallet_url": "http://169.254.169.254/"}, "wallet_url"),
        ({"parent_id": 99}, "parent"), ({"providers": ("acme", "none")}, "provider"),
        ({"allowed_ips": ("10.0.0.1/8",)}, "allow_ip"), ({"allowed_ips": ("all",)}, "allow_ip"),
        ({"default_country": "Atlantis"}, "default_country"), ({"utc_offset_min": 1081}, "utc_offset"),
        ({"credit_limit": "-1"}, "credit_limit"), ({"credit_limit": "1.001"}, "credit_limit"),
        ({"credit_limit": "1e3"}, "credit_limit"),
    ],
)  # fmt: skip
async def test_a_wrong_agent_is_refused_by_field_and_leaves_nothing(
    desk: Desk, changes: dict[str, object], field: str
) -> None:
    await desk.agent("Taken", prefix="taken", operator_id="agent-id")
    await desk.provider(operator_id="studio-id")
    before = [await config_version(desk.conn), await desk.conn.fetchval("SELECT count(*) FROM audit")]
    with pytest.raises(Invalid) as caught:
        await desk.agent(**({"name": "New"} | changes))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert [await config_version(desk.conn), await desk.conn.fetchval("SELECT count(*) FROM audit")] == before
    assert await desk.conn.fetchval("SELECT count(*) FROM agent") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "taken"}, "id"), ({"code": "A"}, "id"), ({"code": "x" * 21}, "id"), ({"operator_id": "agent-id"}, "operator_id"),
        ({"launch_url": "gopher://x.example"}, "launch_url"), ({"callback_url": "http://169.254.0.9/"}, "callback_url"),
        ({"agents": (2,)}, "agents"), ({"units": (NewUnit("USD", "IDR", 3),)}, "unit"),
        ({"units": (NewUnit("KIDR", "QQQ", 3),)}, "unit"), ({"units": (NewUnit("MJPY", "JPY", -3),)}, "unit"),
        ({"units": (KIDR, NewUnit("MIDR", "IDR", 6))}, "unit"), ({"prohibited_countries": ("Nowhere",)}, "prohibited_country"),
    ],
)  # fmt: skip
async def test_a_wrong_provider_is_refused_by_field(desk: Desk, changes: dict[str, object], field: str) -> None:
    await desk.provider("taken")
    await desk.agent(operator_id="agent-id")
    with pytest.raises(Invalid) as caught:
        await desk.provider(**({"code": "new"} | changes))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert await desk.conn.fetchval("SELECT count(*) FROM provider") == 1


async def test_agents_made_at_once_are_all_whole(database_url: str, tmp_path: Path, desk: Desk) -> None:
    async def make(name: str) -> None:
        async with open_desk(database_url, tmp_path) as own:
            await own.agent(name)

    results = await asyncio.gather(*(make(f"Agent {n % 5}") for n in range(10)), return_exceptions=True)
    assert sum(result is None for result in results) == 5
    assert [r.field for r in results if isinstance(r, Invalid)] == ["name"] * 5
    catalogue = await desk.catalogue()
    assert sorted(catalogue.agents) == [1, 2, 3, 4, 5]
    assert len(catalogue.agents_by_prefix) == len(catalogue.agents_by_operator_id) == 5
    assert len(catalogue.api_keys) == 15


async def test_changes_of_an_agent(desk: Desk) -> None:
    await desk.provider("first")
    await desk.agent(providers=())
    wishes = (CurrencyWish("JPY"), CurrencyWish("BTC"))
    changes = AgentChanges(
        active=False, secret="new secret", add_currencies=wishes, credit_limit="5", allowed_ips=("::1",)
    )
    await change_agent(desk.conn, desk.box, 1, changes, PUBLIC_ONLY, actor="test", now=NOW, number=desk.arrivals.number)
    await change_terms(desk.conn, 1, "first", TermsChanges(share=Decimal("0.2")), actor="test", now=NOW)
    agent = (await desk.catalogue()).agents[1]
    assert (agent.active, agent.secret, agent.credit_limit, agent.name) == (False, "new secret", 500, "One")
    assert {code: c.scale for code, c in agent.currencies.items()} == {"EUR": 2, "JPY": 0, "BTC": 8}
    assert set(agent.house_accounts) == {"EUR", "JPY", "BTC"}
    assert agent.providers[1].share == Decimal("0.2")
    assert await desk.conn.fetchval("SELECT count(*) FROM wallet WHERE user_in_game = 'agent-BTC'") == 1
    with pytest.raises(Invalid, match="add_currency: the agent has JPY"):
        await change_agent(
            desk.conn, desk.box, 1, AgentChanges(add_currencies=wishes), EVERYWHERE_INSIDE,
            actor="test", now=NOW, number=desk.arrivals.number,
        )  # fmt: skip


async def test_keys_let_in_while_they_live(desk: Desk) -> None:
    created = await desk.agent()

    async def opens(text: str, at: datetime) -> bool:
        found = verify(await desk.catalogue(), text, Scope.AGENT_API, at, desk.box.hash_key)
        return found is not None and found.agent_id == 1

    async def rotated(at: datetime) -> str:
        key = await rotate_key(desk.conn, desk.box, 1, Scope.AGENT_API, actor="test", now=at)
        return key.text

    first = created.external_api_key
    assert await opens(first, NOW)
    assert not await opens(created.partner_api_key, NOW)
    second = await rotated(NOW)
    day = timedelta(hours=24)
    assert await opens(second, NOW + 2 * day)
    assert await opens(first, NOW + day - timedelta(seconds=1))
    assert not await opens(first, NOW + day)
    # The third ends the first at once: never more than two live.
    third = await rotated(NOW + timedelta(hours=1))
    after = NOW + timedelta(hours=1)
    assert [await opens(key, after) for key in (first, second, third)] == [False, True, True]
    await revoke_key(desk.conn, third.split("_")[1], actor="test", now=after)
    assert [await opens(key, after) for key in (first, second, third)] == [False, True, False]
    limited = await create_key(
        desk.conn, desk.box, 1, Scope.AGENT_API, actor="test", now=NOW, expires_at=NOW + timedelta(days=9)
    )
    assert await opens(limited.text, NOW + timedelta(days=8))
    rows = await list_keys(desk.conn, 1)
    assert sorted(row.scope.value for row in rows if row.live(after)) == ["agent_api"] * 2 + [
        "events_api",
        "partner_api",
    ]
    with pytest.raises(Invalid, match="key_id"):
        await revoke_key(desk.conn, "a00000", actor="test", now=NOW)


async def test_games_are_switched_for_one_or_all(desk: Desk) -> None:
    await desk.provider()
    await desk.agent("A")
    await desk.agent("B")
    await desk.games("acme", [GAME])

    async def playable() -> list[bool]:
        catalogue = await desk.catalogue()
        return [catalogue.plays(catalogue.agents[n], catalogue.games[1]) for n in (1, 2)]

    async def switch(text: str, enabled: bool, agent_id: int | None) -> list[bool]:
        assert await switch_game(desk.conn, text, enabled, agent_id, actor="test", now=NOW) == "acme_00001"
        return await playable()

    assert await playable() == [True, True]
    assert await switch("acme_00001", False, 2) == [True, False]
    assert await switch("1", False, 2) == [True, False]
    assert await switch("1", False, None) == [False, False]
    assert await switch("1", True, 2) == [False, False]
    assert await switch("1", True, None) == [True, True]
    for text, agent_id, field in (("acme_00002", None, "game"), ("1", 7, "agent"), ("9" * 30, None, "game")):
        with pytest.raises(Invalid) as caught:
            await switch_game(desk.conn, text, False, agent_id, actor="test", now=NOW)
        assert caught.value.field == field


async def test_rates_are_in_force_from_their_instant(desk: Desk) -> None:
    january, march = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    for valid_from, text in ((march, "1.08"), (january, "1.1234567890123")):
        await set_rate(desk.conn, Rate("EUR", "USD", valid_from, read_rate(text)), actor="test", now=NOW)
    catalogue = await desk.catalogue()
    second = timedelta(seconds=1)
    assert catalogue.rate("EUR", "USD", january - second) is None
    assert catalogue.rate("EUR", "USD", march - second) == Decimal("1.1234567890123")
    assert catalogue.rate("EUR", "USD", march) == Decimal("1.08")
    assert catalogue.rate("USD", "EUR", march) is None
    await set_rate(desk.conn, Rate("EUR", "USD", march, Decimal("1.080")), actor="test", now=NOW)
    with pytest.raises(Invalid, match=r"at: there is a rate from that instant already: 1\.08"):
        await set_rate(desk.conn, Rate("EUR", "USD", march, Decimal("1.09")), actor="test", now=NOW)


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "", "1.", ".5", "NaN", "1,1", "0.0000000000000000001", " 1", "١"])
def test_a_rate_is_a_plain_positive_decimal(text: str) -> None:
    with pytest.raises(Invalid, match="rate"):
        read_rate(text)


async def test_what_processes_share(database_url: str, desk: Desk) -> None:
    application = await Database.open(database_url, APP_ROLE, size=4)

    async def one() -> int:
        async with application.anyone() as conn:
            return await next_process_number(conn)

    numbers = await asyncio.gather(*(one() for _ in range(8)))
    # The desk itself is process 1.
    assert sorted(numbers) == [2, 3, 4, 5, 6, 7, 8, 9]
    async with application.anyone() as conn:
        assert await recorded_public_url(conn) is None
        await record_public_url(conn, "https://hub.example")
        assert await recorded_public_url(conn) == "https://hub.example"
    await application.close()
