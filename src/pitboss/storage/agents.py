"""Agents: made and changed by the administration, each act with everything that belongs to it in one transaction."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import asyncpg

from pitboss.domain import ids
from pitboss.domain.agents.entry import (
    AgentChanges,
    NewAgent,
    Terms,
    TermsChanges,
    WalletTermsChanges,
    check_new_agent,
    check_wallet_url,
    read_wallet_terms,
)
from pitboss.domain.agents.keys import SECRET_BITS, SECRET_LENGTH, Scope
from pitboss.domain.catalogue.agent import AgentType, WalletTerms
from pitboss.domain.catalogue.entry import check_countries, check_name, check_networks, check_secret, read_amount
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.domain.outbound import Reach
from pitboss.reference import alpha2
from pitboss.storage.audit import Act, act
from pitboss.storage.bonuses.templates import give_default_templates
from pitboss.storage.catalogue.currencies import meet_currencies
from pitboss.storage.database import Connection
from pitboss.storage.keys import RandBits, make_key
from pitboss.storage.secrets import SecretBox, agent_context

ACCOUNT_KINDS = ("funding", "house", "operator", "bonus_cost", "suspense")
"""The accounts every agent has in each of its currencies, beside its wallet."""
_OPERATOR_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class CreatedAgent:
    """A new agent, with the secrets that are shown this once."""

    name: str
    agent_id: int
    prefix: str
    type: str
    base_currency: str
    currencies: tuple[str, ...]
    operator_id: str
    secret_key: str = field(repr=False)
    external_api_key: str = field(repr=False)
    partner_api_key: str = field(repr=False)
    events_api_key: str = field(repr=False)
    wallet_url: str | None

    def as_json(self) -> dict[str, object]:
        """The object of the sandbox contract."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"currencies": list(self.currencies)}


async def create_agent(
    conn: Connection,
    box: SecretBox,
    new: NewAgent,
    reach: Reach,
    *,
    actor: str,
    now: datetime,
    number: Callable[[], int],
    randbits: RandBits = secrets.randbits,
) -> CreatedAgent:
    """An agent with its accounts, wallets, providers and one key for each interface. Raises Invalid.

    `number` gives ids that no account or wallet of the hub has.
    """
    check_new_agent(new, reach, alpha2)
    async with act(conn, actor, now) as under_way:
        currencies = await meet_currencies(conn, "currency", new.currencies)
        agent_id = await conn.fetchval("SELECT coalesce(max(id), 0) + 1 FROM agent")
        prefix = await _free_prefix(conn, new.prefix, randbits)
        operator_id = await free_operator_id(conn, new.operator_id, randbits)
        secret = new.secret or ids.spell(randbits(SECRET_BITS), SECRET_LENGTH)
        await _insert(
            under_way, new, agent_id, prefix, operator_id, box.seal(secret, agent_context(agent_id)), currencies[0]
        )
        await open_accounts(conn, agent_id, currencies, number)
        await give_default_templates(conn, agent_id, now)
        providers = await _serve(conn, agent_id, new.providers, new.terms)
        keys = {scope: await make_key(under_way, box, agent_id, prefix, scope, None, randbits) for scope in Scope}
        created = CreatedAgent(
            name=new.name,
            agent_id=agent_id,
            prefix=prefix,
            type=new.type.value,
            base_currency=currencies[0].code,
            currencies=tuple(currency.code for currency in currencies),
            operator_id=operator_id,
            secret_key=secret,
            external_api_key=keys[Scope.AGENT_API].text,
            partner_api_key=keys[Scope.PARTNER_API].text,
            events_api_key=keys[Scope.EVENTS_API].text,
            wallet_url=new.wallet_url,
        )
        told = {"providers": providers, "keys": [key.public_id for key in keys.values()]}
        await under_way.record("agent.create", new.name, _recorded(new, created) | told, agent_id)
        return created


def _recorded(new: NewAgent, created: CreatedAgent) -> dict[str, object]:
    """What the audit keeps: no secret and no key."""
    return {
        "type": created.type, "prefix": created.prefix, "operator_id": created.operator_id,
        "currencies": list(created.currencies), "parent_id": new.parent_id, "wallet_url": new.wallet_url,
        "allowed_ips": list(new.allowed_ips), "credit_limit": new.credit_limit, "one_session": new.one_session,
        "allow_negative": new.allow_negative, "terms": terms_detail(new.terms), **new.wallet_terms.columns(),
    }  # fmt: skip


async def _insert(
    under_way: Act, new: NewAgent, agent_id: int, prefix: str, operator_id: str, sealed: bytes, base: Currency
) -> None:
    conn = under_way.conn
    if await conn.fetchval("SELECT 1 FROM agent WHERE name = $1", new.name):
        raise Invalid("name", "another agent has it")
    if new.parent_id is not None and not await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", new.parent_id):
        raise Invalid("parent", "there is no such agent")
    country = check_countries("default_country", [new.default_country], alpha2)[0] if new.default_country else ""
    await conn.execute(
        "INSERT INTO agent (id, prefix, name, type, parent_id, base_currency, operator_id, sealed_secret, wallet_url,"
        " default_country, utc_offset_min, one_session, allow_negative, credit_limit, allowed_ips, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        agent_id, prefix, new.name, new.type.value, new.parent_id, base.code, operator_id, sealed, new.wallet_url, country,
        new.utc_offset_min, new.one_session, new.allow_negative, read_credit_limit(new.credit_limit, base),
        check_networks("allow_ip", new.allowed_ips), under_way.now,
    )  # fmt: skip
    await _set_columns(conn, agent_id, new.wallet_terms.columns())


async def _set_columns(conn: Connection, agent_id: int, columns: Mapping[str, object]) -> None:
    if columns:
        # The names are this module's own; only values come from outside.
        assignments = ", ".join(f"{name} = ${index}" for index, name in enumerate(columns, 2))
        await conn.execute(f"UPDATE agent SET {assignments} WHERE id = $1", agent_id, *columns.values())  # noqa: S608


def read_credit_limit(text: str | None, base: Currency) -> int | None:
    """Minor units of the base currency, from plain decimal text; None for no limit. Raises Invalid."""
    if text is None:
        return None
    limit = read_amount("credit_limit", text, base.scale)
    if limit < 0:
        raise Invalid("credit_limit", "must not be negative")
    return limit


async def open_accounts(
    conn: Connection, agent_id: int, currencies: Iterable[Currency], number: Callable[[], int]
) -> None:
    """The accounts and the wallet of an agent in each of these currencies, all empty."""
    for currency in currencies:
        await conn.execute("INSERT INTO agent_currency (agent_id, currency) VALUES ($1, $2)", agent_id, currency.code)
        await conn.executemany(
            "INSERT INTO account (agent_id, id, kind, currency) VALUES ($1, $2, $3, $4)",
            [(agent_id, number(), kind, currency.code) for kind in ACCOUNT_KINDS],
        )
        await conn.execute(
            "INSERT INTO wallet (agent_id, id, user_in_game, currency) VALUES ($1, $2, $3, $4)",
            agent_id, number(), ids.agent_wallet(currency.code), currency.code,
        )  # fmt: skip


async def _serve(conn: Connection, agent_id: int, codes: Sequence[str] | None, terms: Terms) -> list[str]:
    rows = await conn.fetch("SELECT id, code, active FROM provider ORDER BY id")
    known = {row["code"]: row["id"] for row in rows}
    wanted = [row["code"] for row in rows if row["active"]] if codes is None else list(dict.fromkeys(codes))
    for code in wanted:
        if code not in known:
            raise Invalid("provider", f"there is no provider {code[:40]!r}")
    await conn.executemany(
        "INSERT INTO agent_provider (agent_id, provider_id, share, commission_rate, contribution_rate)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(agent_id, known[code], terms.share, terms.commission_rate, terms.contribution_rate) for code in wanted],
    )
    return wanted


def terms_detail(terms: Terms) -> dict[str, object]:
    """Terms as the audit tells them."""
    return {
        "share": str(terms.share),
        "commission_rate": str(terms.commission_rate),
        "contribution_rate": str(terms.contribution_rate),
    }


async def _free_prefix(conn: Connection, wish: str | None, randbits: RandBits) -> str:
    taken = {row["prefix"] for row in await conn.fetch("SELECT prefix FROM agent")}
    if wish is not None:
        if wish in taken:
            raise Invalid("prefix", "another agent has it")
        return wish
    while (prefix := ids.spell(randbits(64), 5)) in taken:
        pass
    return prefix


async def free_operator_id(conn: Connection, wish: str | None, randbits: RandBits) -> str:
    """`wish`, or a new one: unique among agents and providers alike. Raises Invalid."""
    rows = await conn.fetch("SELECT operator_id FROM agent UNION ALL SELECT operator_id FROM provider")
    taken = {row["operator_id"] for row in rows}
    if wish is not None:
        if wish in taken:
            raise Invalid("operator_id", "another agent or provider has it")
        return wish
    while (made := ids.spell(randbits(128), _OPERATOR_ID_LENGTH)) in taken:
        pass
    return made


async def change_agent(
    conn: Connection,
    box: SecretBox,
    agent_id: int,
    changes: AgentChanges,
    reach: Reach,
    *,
    actor: str,
    now: datetime,
    number: Callable[[], int],
) -> None:
    """Changes what `changes` names; a new currency brings its accounts and wallet. Raises Invalid."""
    async with act(conn, actor, now) as under_way:
        row = await conn.fetchrow(
            "SELECT a.*, c.code, c.scale FROM agent a JOIN currency c ON c.code = a.base_currency WHERE a.id = $1",
            agent_id,
        )
        if row is None:
            raise Invalid("agent", f"there is no agent {agent_id}")
        columns = _columns(changes, AgentType(row["type"]), Currency(row["code"], row["scale"]), reach)
        columns |= _wallet_columns(changes.wallet_terms, row)
        if changes.name is not None and await conn.fetchval(
            "SELECT 1 FROM agent WHERE name = $1 AND id <> $2", changes.name, agent_id
        ):
            raise Invalid("name", "another agent has it")
        detail = dict(columns) | {"new_secret": changes.secret is not None}
        if changes.secret is not None:
            columns["sealed_secret"] = box.seal(check_secret("secret", changes.secret), agent_context(agent_id))
        added = await _add_currencies(conn, agent_id, changes, number)
        if not columns and not added:
            raise Invalid("agent", "nothing to change was named")
        await _set_columns(conn, agent_id, columns)
        await under_way.record("agent.set", row["name"], detail | {"new_currencies": added}, agent_id)


def _columns(changes: AgentChanges, agent_type: AgentType, base: Currency, reach: Reach) -> dict[str, object]:
    columns: dict[str, object] = {
        name: getattr(changes, name)
        for name in ("name", "active", "wallet_url", "utc_offset_min", "one_session", "allow_negative")
        if getattr(changes, name) is not None
    }
    if changes.name is not None:
        check_name("name", changes.name)
    if changes.wallet_url is not None:
        check_wallet_url(agent_type, changes.wallet_url, reach)
    if changes.default_country is not None:
        columns["default_country"] = check_countries("default_country", [changes.default_country], alpha2)[0]
    if changes.allowed_ips is not None:
        columns["allowed_ips"] = check_networks("allow_ip", changes.allowed_ips)
    if changes.credit_limit is not None or changes.no_credit_limit:
        columns["credit_limit"] = None if changes.no_credit_limit else read_credit_limit(changes.credit_limit, base)
    return columns


def _wallet_columns(changes: WalletTermsChanges, row: asyncpg.Record) -> dict[str, object]:
    current = WalletTerms(
        row["wallet_connect_timeout_ms"], row["wallet_timeout_ms"], row["wallet_concurrency"], row["wallet_echo"],
        row["wallet_retry_days"],
    )  # fmt: skip
    read_wallet_terms(AgentType(row["type"]), current, changes)
    return changes.columns()


async def _add_currencies(
    conn: Connection, agent_id: int, changes: AgentChanges, number: Callable[[], int]
) -> list[str]:
    has = {
        row["currency"] for row in await conn.fetch("SELECT currency FROM agent_currency WHERE agent_id = $1", agent_id)
    }
    for wish in changes.add_currencies:
        if wish.code in has:
            raise Invalid("add_currency", f"the agent has {wish.code} already")
        has.add(wish.code)
    currencies = await meet_currencies(conn, "add_currency", changes.add_currencies)
    await open_accounts(conn, agent_id, currencies, number)
    return [currency.code for currency in currencies]


async def agent_exists(conn: Connection, agent_id: int) -> bool:
    """Whether there is such an agent."""
    return bool(await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id))


async def change_terms(
    conn: Connection, agent_id: int, provider_code: str | None, changes: TermsChanges, *, actor: str, now: datetime
) -> None:
    """Changes an agent's terms with one provider, which it is given if it has it not yet; None: with all it has."""
    async with act(conn, actor, now) as under_way:
        name = await conn.fetchval("SELECT name FROM agent WHERE id = $1", agent_id)
        if name is None:
            raise Invalid("agent", f"there is no agent {agent_id}")
        provider_id = None
        if provider_code is not None:
            provider_id = await conn.fetchval("SELECT id FROM provider WHERE code = $1", provider_code)
            if provider_id is None:
                raise Invalid("provider", f"there is no provider {provider_code[:40]!r}")
            await conn.execute(
                "INSERT INTO agent_provider (agent_id, provider_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                agent_id, provider_id,
            )  # fmt: skip
        await conn.execute(
            "UPDATE agent_provider SET active = coalesce($3, active), share = coalesce($4, share),"
            " commission_rate = coalesce($5, commission_rate), contribution_rate = coalesce($6, contribution_rate)"
            " WHERE agent_id = $1 AND ($2::integer IS NULL OR provider_id = $2)",
            agent_id, provider_id, changes.active, changes.share, changes.commission_rate, changes.contribution_rate,
        )  # fmt: skip
        told = {key: str(value) if value is not None else None for key, value in asdict(changes).items()}
        await under_way.record("agent.terms", name, told | {"provider": provider_code}, agent_id)
