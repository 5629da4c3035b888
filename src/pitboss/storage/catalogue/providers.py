"""Providers: made and changed by the administration."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from pitboss.domain import ids
from pitboss.domain.agents.keys import SECRET_BITS, SECRET_LENGTH
from pitboss.domain.catalogue.entry import CurrencyWish, check_countries, check_networks
from pitboss.domain.catalogue.new_provider import (
    NewProvider,
    NewUnit,
    ProviderChanges,
    check_new_provider,
    check_provider_changes,
)
from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import Reach
from pitboss.reference import alpha2, currency_facts
from pitboss.storage.agents import free_operator_id
from pitboss.storage.audit import act
from pitboss.storage.catalogue.currencies import currencies_known, meet_currencies
from pitboss.storage.database import Connection
from pitboss.storage.keys import RandBits
from pitboss.storage.secrets import SecretBox, provider_context


@dataclass(frozen=True, slots=True)
class CreatedProvider:
    """A new provider, with the secret that is shown this once. `wallet_url` is where it calls the hub."""

    id: str
    operator_id: str
    secret_key: str = field(repr=False)
    wallet_url: str

    def as_json(self) -> dict[str, object]:
        """The object of the sandbox contract."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


async def create_provider(
    conn: Connection,
    box: SecretBox,
    new: NewProvider,
    reach: Reach,
    *,
    actor: str,
    now: datetime,
    wallet_url: str,
    randbits: RandBits = secrets.randbits,
) -> CreatedProvider:
    """A provider that serves every agent unless told otherwise. Raises Invalid."""
    check_new_provider(new, reach, alpha2)
    async with act(conn, actor, now) as under_way:
        if await conn.fetchval("SELECT 1 FROM provider WHERE code = $1", new.code):
            raise Invalid("id", "another provider has it")
        provider_id = await conn.fetchval("SELECT coalesce(max(id), 0) + 1 FROM provider")
        operator_id = await free_operator_id(conn, new.operator_id, randbits)
        secret = new.secret or ids.spell(randbits(SECRET_BITS), SECRET_LENGTH)
        await conn.execute(
            "INSERT INTO provider (id, code, name, operator_id, sealed_secret, launch_url, callback_url, logo_url,"
            " allowed_ips, restricted_countries, prohibited_countries, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            provider_id, new.code, new.name or new.code, operator_id, box.seal(secret, provider_context(provider_id)),
            new.launch_url, new.callback_url, new.logo_url or "", check_networks("allow_ip", new.allowed_ips),
            check_countries("restricted_country", new.restricted_countries, alpha2),
            check_countries("prohibited_country", new.prohibited_countries, alpha2), now,
        )  # fmt: skip
        await _count_in(conn, provider_id, new.units)
        served = await _serve(conn, provider_id, new.agents)
        detail = {
            "operator_id": operator_id, "launch_url": new.launch_url, "callback_url": new.callback_url,
            "allowed_ips": list(new.allowed_ips), "units": [f"{u.code}={u.currency}:{u.currency_per_unit:f}" for u in new.units],
            "agents": served,
        }  # fmt: skip
        await under_way.record("provider.create", new.code, detail)
        return CreatedProvider(new.code, operator_id, secret, wallet_url)


async def _count_in(conn: Connection, provider_id: int, units: tuple[NewUnit, ...]) -> None:
    known = await currencies_known(conn)
    for unit in units:
        if unit.code in known or currency_facts(unit.code) is not None:
            raise Invalid("unit", f"{unit.code} is a currency of its own")
        [currency] = await meet_currencies(conn, "unit", [CurrencyWish(unit.currency)])
        if currency.scale + unit.exponent < 0:
            raise Invalid("unit", f"1 {unit.code} would be less than the smallest {currency.code}")
        await conn.execute(
            "INSERT INTO provider_unit (provider_id, unit, currency, currency_per_unit) VALUES ($1, $2, $3, $4)",
            provider_id, unit.code, unit.currency, unit.currency_per_unit,
        )  # fmt: skip


async def _serve(conn: Connection, provider_id: int, agents: tuple[int, ...] | None) -> list[int]:
    known = [row["id"] for row in await conn.fetch("SELECT id FROM agent ORDER BY id")]
    for agent_id in agents or ():
        if agent_id not in known:
            raise Invalid("agents", f"there is no agent {agent_id}")
    served = known if agents is None else sorted(set(agents))
    await conn.executemany(
        "INSERT INTO agent_provider (agent_id, provider_id) VALUES ($1, $2)",
        [(agent_id, provider_id) for agent_id in served],
    )
    return served


async def change_provider(
    conn: Connection,
    box: SecretBox,
    code: str,
    changes: ProviderChanges,
    reach: Reach,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Changes what `changes` names; an empty URL takes it away. Raises Invalid."""
    check_provider_changes(changes, reach, alpha2)
    async with act(conn, actor, now) as under_way:
        provider_id = await find_provider(conn, code)
        columns = _columns(changes)
        if changes.secret is not None:
            columns["sealed_secret"] = box.seal(changes.secret, provider_context(provider_id))
        if not columns:
            raise Invalid("provider", "nothing to change was named")
        # The names are this module's own; only values come from outside.
        assignments = ", ".join(f"{name} = ${index}" for index, name in enumerate(columns, 2))
        await conn.execute(f"UPDATE provider SET {assignments} WHERE id = $1", provider_id, *columns.values())  # noqa: S608
        detail = {name: value for name, value in columns.items() if name != "sealed_secret"}
        await under_way.record("provider.set", code, detail | {"new_secret": changes.secret is not None})


def _columns(changes: ProviderChanges) -> dict[str, object]:
    given: dict[str, object] = {
        name: getattr(changes, name)
        for name in ("name", "active", "logo_url", "allowed_ips", "restricted_countries", "prohibited_countries")
        if getattr(changes, name) is not None
    }
    for name in ("launch_url", "callback_url"):
        if getattr(changes, name) is not None:
            given[name] = getattr(changes, name) or None
    if changes.allowed_ips is not None:
        given["allowed_ips"] = check_networks("allow_ip", changes.allowed_ips)
    for name in ("restricted_countries", "prohibited_countries"):
        if name in given:
            given[name] = check_countries(name, getattr(changes, name), alpha2)
    return given


async def find_provider(conn: Connection, code: str) -> int:
    """The id of a provider by its code. Raises Invalid."""
    provider_id: int | None = await conn.fetchval("SELECT id FROM provider WHERE code = $1", code)
    if provider_id is None:
        raise Invalid("provider", f"there is no provider {code[:40]!r}")
    return provider_id
