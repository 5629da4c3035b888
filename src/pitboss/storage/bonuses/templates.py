"""An agent's bonus templates: made and changed by the administration, read by whoever gives bonuses."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import asyncpg

from pitboss.domain.bonus.template import DEFAULT_TEMPLATES, BonusType, Template, check_template
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Currency
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection


async def give_default_templates(conn: Connection, agent_id: int, now: datetime) -> None:
    """The four that every agent has, within the caller's transaction."""
    for template in DEFAULT_TEMPLATES:
        await _insert(conn, agent_id, template, now)


async def read_template(conn: Connection, agent_id: int, code: str) -> Template | None:
    """One of the agent's templates; switched-off ones too."""
    row = await conn.fetchrow(statements.sql("bonus/read_template"), agent_id, code)
    return None if row is None else _template(row)


async def list_templates(conn: Connection, agent_id: int) -> list[Template]:
    """All of the agent's templates, by code. Raises Invalid."""
    await _currencies(conn, agent_id)
    rows = await conn.fetch(statements.sql("bonus/list_templates"), agent_id)
    return [_template(row) for row in rows]


async def create_template(
    conn: Connection, agent_id: int, template: Template, *, actor: str, now: datetime
) -> Template:
    """A new template. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        checked = check_template(template, await _currencies(conn, agent_id), await _games(conn))
        if await read_template(conn, agent_id, template.code) is not None:
            raise Invalid("code", f"agent {agent_id} has a template {template.code} already")
        await _insert(conn, agent_id, checked, now)
        await under_way.record("bonus_template.create", checked.code, checked.as_json(), agent_id)
        return checked


async def change_template(
    conn: Connection, agent_id: int, code: str, changes: dict[str, object], *, actor: str, now: datetime
) -> Template:
    """Changes the members named; what was given before keeps its terms. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        currencies = await _currencies(conn, agent_id)
        known = await read_template(conn, agent_id, code)
        if known is None:
            raise Invalid("code", f"agent {agent_id} has no template {code[:40]!r}")
        if not changes:
            raise Invalid("template", "nothing to change was named")
        changed = check_template(replace(known, **changes), currencies, await _games(conn))  # type: ignore[arg-type]
        await conn.execute(
            "UPDATE bonus_template SET name = $3, currency_values = $4, games = $5, multiplier = $6, multiplier_settable = $7,"
            " max_conversion = $8, days_valid = $9, days_to_use = $10, active = $11 WHERE agent_id = $1 AND code = $2",
            agent_id, code, changed.name, json.dumps(changed.currency_values), list(changed.games), changed.multiplier,
            changed.multiplier_settable, json.dumps(changed.max_conversion), changed.days_valid, changed.days_to_use,
            changed.active,
        )  # fmt: skip
        await under_way.record("bonus_template.set", code, changed.as_json(), agent_id)
        return changed


async def _insert(conn: Connection, agent_id: int, template: Template, now: datetime) -> None:
    await conn.execute(
        statements.sql("bonus/insert_template"),
        agent_id, template.code, template.name, template.type.value, json.dumps(template.currency_values),
        list(template.games), template.multiplier, template.multiplier_settable, json.dumps(template.max_conversion),
        template.days_valid, template.days_to_use, template.active, now,
    )  # fmt: skip


def _template(row: asyncpg.Record) -> Template:
    members = dict(row) | {
        "type": BonusType(row["type"]),
        "currency_values": {code: tuple(values) for code, values in json.loads(row["currency_values"]).items()},
        "games": tuple(row["games"]),
        "multiplier": Decimal(row["multiplier"]),
        "max_conversion": json.loads(row["max_conversion"]),
    }
    return Template(**members)


async def _currencies(conn: Connection, agent_id: int) -> dict[str, Currency]:
    rows = await conn.fetch(
        "SELECT c.code, c.scale FROM agent_currency a JOIN currency c ON c.code = a.currency WHERE a.agent_id = $1",
        agent_id,
    )
    if not rows:
        raise Invalid("agent", f"there is no agent {agent_id}")
    return {row["code"]: Currency(row["code"], row["scale"]) for row in rows}


async def _games(conn: Connection) -> list[str]:
    return [row["code"] for row in await conn.fetch("SELECT code FROM game")]
