"""Reads the catalogue whole, in one snapshot: what every process keeps in memory."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network

import asyncpg

from pitboss.domain.catalogue import (
    Agent,
    AgentType,
    ApiKey,
    BetLimit,
    BetLimitSet,
    Catalogue,
    Game,
    Provider,
    ProviderTerms,
    WalletTerms,
)
from pitboss.domain.catalogue.new_provider import exponent_of
from pitboss.domain.money import Currency, Unit
from pitboss.storage.database import Connection
from pitboss.storage.secrets import SecretBox, agent_context, provider_context

_READ = {
    "currency": "SELECT code, scale FROM currency",
    "rate": "SELECT from_currency, to_currency, valid_from, rate FROM rate ORDER BY valid_from",
    "provider": "SELECT * FROM provider ORDER BY id",
    "provider_unit": "SELECT provider_id, unit, currency, currency_per_unit FROM provider_unit",
    "game": "SELECT * FROM game ORDER BY id",
    "bet_limit_set": (
        "SELECT s.provider_id, s.category, s.id, s.label, s.is_default, l.currency, l.min_stake, l.max_stake"
        " FROM bet_limit_set s LEFT JOIN bet_limit l"
        " ON l.provider_id = s.provider_id AND l.category = s.category AND l.set_id = s.id"
        " ORDER BY s.provider_id, s.category, s.is_default DESC, s.id, l.currency"
    ),
    "agent": "SELECT * FROM agent ORDER BY id",
    "agent_currency": "SELECT agent_id, currency FROM agent_currency",
    "agent_provider": "SELECT * FROM agent_provider",
    "agent_game_off": "SELECT agent_id, game_id FROM agent_game_off",
    "account": "SELECT agent_id, id, kind, currency FROM account WHERE kind IN ('house', 'funding', 'operator', 'bonus_cost')",
    "api_key": "SELECT public_id, agent_id, scope, key_hash, expires_at, revoked_at FROM api_key WHERE revoked_at IS NULL",
}

_Rows = Mapping[str, list[asyncpg.Record]]
_Sets = Mapping[tuple[int, str], tuple[BetLimitSet, ...]]


async def config_version(conn: Connection) -> int:
    """Rises with every administrative change; a process whose catalogue has another version loads again."""
    version: int = await conn.fetchval("SELECT config_version FROM hub")
    return version


async def load_catalogue(conn: Connection, box: SecretBox) -> Catalogue:
    """One consistent picture, under any role that may read the global tables. Revoked keys are left out.

    Raises MasterKeyError when the box is not of this database's master key.
    """
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        version = await config_version(conn)
        rows = {table: await conn.fetch(statement) for table, statement in _READ.items()}
    currencies = {row["code"]: Currency(row["code"], row["scale"]) for row in rows["currency"]}
    sets = _bet_limit_sets(rows["bet_limit_set"])
    providers = _providers(rows, currencies, sets, box)
    agents = _agents(rows, currencies, box)
    games = [_game(row, sets) for row in rows["game"]]
    return Catalogue(
        version=version,
        agents={agent.id: agent for agent in agents},
        agents_by_prefix={agent.prefix: agent for agent in agents},
        agents_by_operator_id={agent.operator_id: agent for agent in agents},
        providers={provider.id: provider for provider in providers},
        providers_by_code={provider.code: provider for provider in providers},
        providers_by_operator_id={provider.operator_id: provider for provider in providers},
        games={game.id: game for game in games},
        games_by_code={game.code: game for game in games},
        games_by_provider={(game.provider_id, game.provider_game_id): game for game in games},
        currencies=currencies,
        rates=_rates(rows["rate"]),
        api_keys={row["public_id"]: ApiKey(**row) for row in rows["api_key"]},
    )


def _bet_limit_sets(rows: list[asyncpg.Record]) -> _Sets:
    limits: dict[tuple[int, str, str], dict[str, BetLimit]] = defaultdict(dict)
    heads: dict[tuple[int, str, str], asyncpg.Record] = {}
    for row in rows:
        key = row["provider_id"], row["category"], row["id"]
        heads[key] = row
        if row["currency"] is not None:
            limits[key][row["currency"]] = BetLimit(row["min_stake"], row["max_stake"])
    sets: dict[tuple[int, str], list[BetLimitSet]] = defaultdict(list)
    for key, row in heads.items():
        sets[key[:2]].append(BetLimitSet(row["id"], row["label"], row["is_default"], limits[key]))
    return {key: tuple(of_category) for key, of_category in sets.items()}


def _providers(rows: _Rows, currencies: Mapping[str, Currency], sets: _Sets, box: SecretBox) -> list[Provider]:
    units: dict[int, dict[str, Unit]] = defaultdict(dict)
    for row in rows["provider_unit"]:
        unit = Unit(row["unit"], currencies[row["currency"]], exponent_of(row["currency_per_unit"]))
        units[row["provider_id"]][unit.code] = unit
    limit_sets: dict[int, dict[str, tuple[BetLimitSet, ...]]] = defaultdict(dict)
    for (provider_id, category), of_category in sets.items():
        limit_sets[provider_id][category] = of_category
    return [
        Provider(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            operator_id=row["operator_id"],
            secret=box.open(row["sealed_secret"], provider_context(row["id"])),
            launch_url=row["launch_url"],
            callback_url=row["callback_url"],
            logo_url=row["logo_url"],
            active=row["active"],
            allowed_ips=_networks(row["allowed_ips"]),
            restricted_countries=tuple(row["restricted_countries"]),
            prohibited_countries=tuple(row["prohibited_countries"]),
            units=units[row["id"]],
            units_by_currency={unit.currency.code: unit for unit in units[row["id"]].values()},
            bet_limit_sets=limit_sets[row["id"]],
        )
        for row in rows["provider"]
    ]


def _game(row: asyncpg.Record, sets: _Sets) -> Game:
    of_category = sets.get((row["provider_id"], row["category"]), ())
    return Game(
        id=row["id"],
        provider_id=row["provider_id"],
        provider_game_id=row["provider_game_id"],
        code=row["code"],
        name=row["name"],
        category=row["category"],
        rtp=row["rtp"],
        has_free_round=row["has_free_round"],
        has_free_chip=row["has_free_chip"],
        fun_mode=row["fun_mode"],
        devices=tuple(row["devices"]),
        logo_url=row["logo_url"],
        bet_values={currency: tuple(values) for currency, values in json.loads(row["bet_values"]).items()},
        restricted_countries=tuple(row["restricted_countries"]),
        prohibited_countries=tuple(row["prohibited_countries"]),
        active=row["active"],
        created_at=row["created_at"],
        default_limits=next((limit_set.limits for limit_set in of_category if limit_set.is_default), {}),
        limit_sets={limit_set.id: limit_set.limits for limit_set in of_category},
        contribution=row["wagering_contribution"],
    )


def _agents(rows: _Rows, currencies: Mapping[str, Currency], box: SecretBox) -> list[Agent]:
    own: dict[int, dict[str, Currency]] = defaultdict(dict)
    for row in rows["agent_currency"]:
        own[row["agent_id"]][row["currency"]] = currencies[row["currency"]]
    games_off: dict[int, set[int]] = defaultdict(set)
    for row in rows["agent_game_off"]:
        games_off[row["agent_id"]].add(row["game_id"])
    terms, accounts = _provider_terms(rows), _accounts(rows)
    return [
        Agent(
            id=row["id"],
            prefix=row["prefix"],
            name=row["name"],
            type=AgentType(row["type"]),
            parent_id=row["parent_id"],
            active=row["active"],
            base_currency=currencies[row["base_currency"]],
            currencies=own[row["id"]],
            operator_id=row["operator_id"],
            secret=box.open(row["sealed_secret"], agent_context(row["id"])),
            wallet_url=row["wallet_url"],
            default_country=row["default_country"],
            utc_offset_min=row["utc_offset_min"],
            one_session=row["one_session"],
            allow_negative=row["allow_negative"],
            credit_limit=row["credit_limit"],
            allowed_ips=_networks(row["allowed_ips"]),
            providers=terms[row["id"]],
            games_off=frozenset(games_off[row["id"]]),
            house_accounts=accounts[row["id"], "house"],
            funding_accounts=accounts[row["id"], "funding"],
            wallet_terms=_wallet_terms(row),
            operator_accounts=accounts[row["id"], "operator"],
            bonus_accounts=accounts[row["id"], "bonus_cost"],
        )
        for row in rows["agent"]
    ]


def _provider_terms(rows: _Rows) -> Mapping[int, dict[int, ProviderTerms]]:
    """By agent and provider."""
    terms: dict[int, dict[int, ProviderTerms]] = defaultdict(dict)
    for row in rows["agent_provider"]:
        terms[row["agent_id"]][row["provider_id"]] = ProviderTerms(
            row["active"], row["share"], row["commission_rate"], row["contribution_rate"]
        )
    return terms


def _accounts(rows: _Rows) -> Mapping[tuple[int, str], dict[str, int]]:
    """Ids by agent and kind, and by currency."""
    accounts: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in rows["account"]:
        accounts[row["agent_id"], row["kind"]][row["currency"]] = row["id"]
    return accounts


def _wallet_terms(row: asyncpg.Record) -> WalletTerms:
    return WalletTerms(
        connect_timeout_ms=row["wallet_connect_timeout_ms"],
        timeout_ms=row["wallet_timeout_ms"],
        concurrency=row["wallet_concurrency"],
        echo=row["wallet_echo"],
        retry_days=row["wallet_retry_days"],
    )


def _rates(rows: list[asyncpg.Record]) -> dict[tuple[str, str], list[tuple[datetime, Decimal]]]:
    rates: dict[tuple[str, str], list[tuple[datetime, Decimal]]] = defaultdict(list)
    for row in rows:
        rates[row["from_currency"], row["to_currency"]].append((row["valid_from"], row["rate"]))
    return dict(rates)


def _networks(texts: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in texts)
