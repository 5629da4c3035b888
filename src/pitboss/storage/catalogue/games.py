"""Games: a studio's list taken over as a whole, and games switched off and on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from pitboss.domain.catalogue.entry import CurrencyWish
from pitboss.domain.catalogue.game import BetLimitSet
from pitboss.domain.catalogue.game_list import GameList, ListedGame, UnitOf, read_game_list
from pitboss.domain.catalogue.new_provider import exponent_of
from pitboss.domain.invalid import Invalid
from pitboss.domain.money import Unit, unit_of
from pitboss.domain.outbound import Reach
from pitboss.reference import alpha2, currency_facts
from pitboss.storage.audit import act
from pitboss.storage.catalogue.currencies import currencies_known, meet_currencies
from pitboss.storage.catalogue.providers import find_provider
from pitboss.storage.database import Connection

_HIGHEST_ID = 999_999
_FULL_CONTRIBUTION = 100
_COLUMNS = (
    "name", "category", "rtp", "has_free_round", "has_free_chip", "fun_mode", "devices", "logo_url", "bet_values",
    "restricted_countries", "prohibited_countries", "wagering_contribution",
)  # fmt: skip

# By the version of the act's own transaction, so that a reader that goes by versions misses none.
_CHANGED = "UPDATE game SET changed_at = $2, changed_version = (SELECT config_version FROM hub) WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; numbers of games."""

    added: int
    changed: int
    unchanged: int


async def import_games(
    conn: Connection, provider_code: str, document: object, reach: Reach, *, actor: str, now: datetime
) -> Imported:
    """Take over a studio's list (from `decode_game_list`): all of it or, with GameListInvalid, nothing.

    A game known by its gameId keeps the hub's id and its code; one that the list no longer names stays as it is. What counts
    towards wagering is the hub's to say: it stays where the list does not name it.
    """
    async with act(conn, actor, now) as under_way:
        provider_id = await find_provider(conn, provider_code)
        await _meet_named_currencies(conn, document)
        listed = read_game_list(document, await _units(conn, provider_id), alpha2, reach)
        imported = await _upsert(conn, provider_id, provider_code, listed, now)
        for category, sets in listed.limit_sets.items():
            await _store_sets(conn, provider_id, category, sets)
        detail = {
            "added": imported.added, "changed": imported.changed, "unchanged": imported.unchanged,
            "limit_sets": {category: [s.id for s in sets] for category, sets in listed.limit_sets.items()},
        }  # fmt: skip
        await under_way.record("provider.games.import", provider_code, detail)
        return imported


async def _meet_named_currencies(conn: Connection, document: object) -> None:
    """A list may be the first to name a currency of the world's; codes that are none are told by the reading."""
    named = {code for code in _named(document) if currency_facts(code) is not None}
    await meet_currencies(conn, "currency", [CurrencyWish(code) for code in sorted(named)])


def _named(document: object) -> Iterator[str]:
    for item in document if isinstance(document, list) else []:
        if not isinstance(item, dict):
            continue
        sets = item.get("betLimits")
        inner = [s.get("limits") for s in sets.values() if isinstance(s, dict)] if isinstance(sets, dict) else []
        for by_currency in [item.get("betValues"), *inner]:
            yield from by_currency if isinstance(by_currency, dict) else ()


async def _units(conn: Connection, provider_id: int) -> UnitOf:
    currencies = await currencies_known(conn)
    rows = await conn.fetch(
        "SELECT unit, currency, currency_per_unit FROM provider_unit WHERE provider_id = $1", provider_id
    )
    own = {r["unit"]: Unit(r["unit"], currencies[r["currency"]], exponent_of(r["currency_per_unit"])) for r in rows}
    counted = {unit.currency.code for unit in own.values()}
    plain = {code: unit_of(currency) for code, currency in currencies.items() if code not in counted}
    return {**plain, **own}.get


async def _upsert(conn: Connection, provider_id: int, provider_code: str, listed: GameList, now: datetime) -> Imported:
    rows = await conn.fetch("SELECT * FROM game WHERE provider_id = $1", provider_id)
    known = {row["provider_game_id"]: row for row in rows}
    highest: int = await conn.fetchval("SELECT coalesce(max(id), 0) FROM game")
    added = changed = 0
    for game in listed.games:
        row = known.get(game.provider_game_id)
        values = _values(game, _FULL_CONTRIBUTION if row is None else row["wagering_contribution"])
        if row is None:
            added += 1
            # Games are never deleted, so the running number is never given out twice.
            code = f"{provider_code}_{len(known) + added:05d}"
            await _insert(conn, highest + added, provider_id, game.provider_game_id, code, values, now)
        elif values != _stored(row):
            changed += 1
            assignments = ", ".join(f"{name} = ${index}" for index, name in enumerate(_COLUMNS, 2))
            await conn.execute(f"UPDATE game SET {assignments} WHERE id = $1", row["id"], *_sql(values))  # noqa: S608
            await conn.execute(_CHANGED, row["id"], now)
    return Imported(added, changed, len(listed.games) - added - changed)


def _values(game: ListedGame, contribution: int) -> list[object]:
    """`contribution` is for a list that says nothing of it."""
    return [
        game.name, game.category, game.rtp, game.has_free_round, game.has_free_chip, game.fun_mode, list(game.devices),
        game.logo_url, {code: list(values) for code, values in game.bet_values.items()}, list(game.restricted_countries),
        list(game.prohibited_countries), contribution if game.contribution is None else game.contribution,
    ]  # fmt: skip


def _stored(row: asyncpg.Record) -> list[object]:
    return [json.loads(row[name]) if name == "bet_values" else row[name] for name in _COLUMNS]


def _sql(values: list[object]) -> list[object]:
    return [json.dumps(value) if isinstance(value, dict) else value for value in values]


async def _insert(
    conn: Connection,
    game_id: int,
    provider_id: int,
    provider_game_id: int,
    code: str,
    values: list[object],
    now: datetime,
) -> None:
    if game_id > _HIGHEST_ID:
        raise Invalid("file", f"the hub has no more ids for games (at most {_HIGHEST_ID})")
    places = ", ".join(f"${index}" for index in range(6, 6 + len(values)))
    await conn.execute(
        f"INSERT INTO game (id, provider_id, provider_game_id, code, created_at, {', '.join(_COLUMNS)})"  # noqa: S608
        f" VALUES ($1, $2, $3, $4, $5, {places})",
        game_id, provider_id, provider_game_id, code, now, *_sql(values),
    )  # fmt: skip
    await conn.execute(_CHANGED, game_id, now)


async def _store_sets(conn: Connection, provider_id: int, category: str, sets: tuple[BetLimitSet, ...]) -> None:
    """Sets that the list does not name stay, since players may have been given them; the default is the list's."""
    if any(limit_set.is_default for limit_set in sets):
        await conn.execute(
            "UPDATE bet_limit_set SET is_default = false WHERE provider_id = $1 AND category = $2",
            provider_id,
            category,
        )
    for limit_set in sets:
        key = (provider_id, category, limit_set.id)
        await conn.execute(
            "INSERT INTO bet_limit_set (provider_id, category, id, label, is_default) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (provider_id, category, id) DO UPDATE SET label = $4, is_default = $5",
            *key, limit_set.label, limit_set.is_default,
        )  # fmt: skip
        await conn.execute("DELETE FROM bet_limit WHERE provider_id = $1 AND category = $2 AND set_id = $3", *key)
        await conn.executemany(
            "INSERT INTO bet_limit (provider_id, category, set_id, currency, min_stake, max_stake)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            [(*key, code, limit.min_stake, limit.max_stake) for code, limit in limit_set.limits.items()],
        )


async def switch_game(
    conn: Connection, text: str, enabled: bool, agent_id: int | None, *, actor: str, now: datetime
) -> str:
    """Switch a game (its code, or the hub's id) off or on, for one agent's players or for everybody; answers its code.

    Raises Invalid. Again is no error.
    """
    async with act(conn, actor, now) as under_way:
        by_id = text.isascii() and text.isdigit() and len(text) <= len(str(_HIGHEST_ID))
        row = await conn.fetchrow(
            "SELECT id, code FROM game WHERE id = $1 OR code = $2", int(text) if by_id else None, text
        )
        if row is None:
            raise Invalid("game", f"there is no game {text[:60]!r}")
        if agent_id is None:
            await conn.execute("UPDATE game SET active = $2 WHERE id = $1", row["id"], enabled)
        else:
            await _switch_for(conn, row["id"], enabled, agent_id)
        await under_way.record("game.enable" if enabled else "game.disable", row["code"], {}, agent_id)
        return str(row["code"])


async def _switch_for(conn: Connection, game_id: int, enabled: bool, agent_id: int) -> None:
    if not await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id):
        raise Invalid("agent", f"there is no agent {agent_id}")
    if enabled:
        await conn.execute("DELETE FROM agent_game_off WHERE agent_id = $1 AND game_id = $2", agent_id, game_id)
    else:
        await conn.execute(
            "INSERT INTO agent_game_off (agent_id, game_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", agent_id, game_id
        )
