"""Feeds as an administrator sees them; each act is in the audit. All here needs the owner's connection."""

from datetime import datetime
from typing import NamedTuple

from pitboss.domain.invalid import Invalid
from pitboss.domain.outbound import Reach, url_problem
from pitboss.storage import statements
from pitboss.storage.audit import act
from pitboss.storage.database import Connection
from pitboss.storage.feeds.leases import key_context
from pitboss.storage.secrets import SecretBox

_NAME_RULE = "must be 1 to 40 of a-z, 0-9, - and _"
_NAME_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
_LONGEST_NAME, _LONGEST_KEY = 40, 500


class FeedRow(NamedTuple):
    """A feed and where it stands; without the key. `paused`: why, None while it runs."""

    agent_id: int
    name: str
    url: str
    paused: str | None
    last_seq: int
    behind: int
    delivered: int
    delivered_at: datetime | None
    dead: int
    tries: int
    last_error: str | None


class DeadLetter(NamedTuple):
    """An event a consumer would not take; `kind` and `unique_id` None when it has been deleted since."""

    seq: int
    at: datetime
    problem: str
    again: bool
    kind: str | None
    unique_id: str | None


async def add_feed(
    conn: Connection,
    box: SecretBox,
    agent_id: int,
    name: str,
    url: str,
    key: str,
    reach: Reach,
    *,
    from_now: bool,
    actor: str,
    now: datetime,
) -> None:
    """Deliver the agent's events to `url` with this key from now on, the earlier ones too unless `from_now`. Raises Invalid."""
    if not 1 <= len(name) <= _LONGEST_NAME or not _NAME_CHARACTERS.issuperset(name):
        raise Invalid("name", _NAME_RULE)
    problem = url_problem(url, reach)
    if problem is not None:
        raise Invalid("url", problem)
    _check_key(key)
    async with act(conn, actor, now, reload=False) as under_way:
        await _must_be_agent(conn, agent_id)
        sealed = box.seal(key, key_context(agent_id, name))
        added = await conn.fetchval(statements.sql("feed/add"), agent_id, name, url, sealed, from_now, now)
        if added is None:
            raise Invalid("name", f"agent {agent_id} has a feed {name!r} already")
        await under_way.record("feed.add", name, {"url": url, "after": added}, agent_id)


async def set_feed_key(
    conn: Connection, box: SecretBox, agent_id: int, name: str, key: str, *, actor: str, now: datetime
) -> None:
    """Another key for the same consumer. Raises Invalid."""
    _check_key(key)
    async with act(conn, actor, now, reload=False) as under_way:
        sealed = box.seal(key, key_context(agent_id, name))
        _must_be(await conn.fetchval(statements.sql("feed/set_key"), agent_id, name, sealed), agent_id, name)
        await under_way.record("feed.key", name, {}, agent_id)


async def list_feeds(conn: Connection, agent_id: int | None) -> list[FeedRow]:
    """All feeds, or those of one agent."""
    return [FeedRow(*row) for row in await conn.fetch(statements.sql("feed/list"), agent_id)]


async def list_dead(conn: Connection, agent_id: int, name: str, most: int) -> list[DeadLetter]:
    """What the consumer would not take, oldest first. Raises Invalid."""
    _must_be(
        await conn.fetchval("SELECT 1 FROM feed WHERE agent_id = $1 AND name = $2", agent_id, name), agent_id, name
    )
    return [DeadLetter(*row) for row in await conn.fetch(statements.sql("feed/dead"), agent_id, name, most)]


async def pause_feed(conn: Connection, agent_id: int, name: str, *, actor: str, now: datetime) -> None:
    """Nothing more is sent; what is under way may arrive. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        _must_be(await conn.fetchval(statements.sql("feed/pause"), agent_id, name, f"by {actor}"), agent_id, name)
        await under_way.record("feed.pause", name, {}, agent_id)


async def resume_feed(conn: Connection, agent_id: int, name: str, *, actor: str, now: datetime) -> None:
    """Go on where it stopped, at once. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        _must_be(await conn.fetchval(statements.sql("feed/resume"), agent_id, name, now), agent_id, name)
        await under_way.record("feed.resume", name, {}, agent_id)


async def remove_feed(conn: Connection, agent_id: int, name: str, *, actor: str, now: datetime) -> None:
    """The feed with its key and dead letters; the events stay. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        last_seq = await conn.fetchval(statements.sql("feed/remove"), agent_id, name)
        _must_be(last_seq, agent_id, name)
        await under_way.record("feed.remove", name, {"delivered_up_to": last_seq}, agent_id)


async def replay_feed(
    conn: Connection, agent_id: int, name: str, after: int | datetime, *, actor: str, now: datetime
) -> int:
    """Deliver again what is behind a number, or was received since a time; from which number on. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        if isinstance(after, datetime):
            first = await conn.fetchval(statements.sql("feed/first_since"), agent_id, after)
            number = 2**62 if first is None else first - 1
        else:
            number = after
        moved_to = await conn.fetchval(statements.sql("feed/replay"), agent_id, name, number, now)
        _must_be(moved_to, agent_id, name)
        await conn.execute(statements.sql("feed/drop_dead_after"), agent_id, name, moved_to)
        await under_way.record("feed.replay", name, {"after": moved_to}, agent_id)
        return int(moved_to)


async def replay_dead(conn: Connection, agent_id: int, name: str, *, actor: str, now: datetime) -> int:
    """Try the events that were set aside once more; how many there are. Raises Invalid."""
    async with act(conn, actor, now, reload=False) as under_way:
        _must_be(await conn.fetchval(statements.sql("feed/due_now"), agent_id, name, now), agent_id, name)
        tag = await conn.execute(statements.sql("feed/dead_once_more"), agent_id, name)
        count = int(tag.rpartition(" ")[2])
        await under_way.record("feed.replay_dead", name, {"events": count}, agent_id)
        return count


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= _LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise Invalid("key", f"must be 1 to {_LONGEST_KEY} printable characters without spaces")


async def _must_be_agent(conn: Connection, agent_id: int) -> None:
    if not await conn.fetchval("SELECT 1 FROM agent WHERE id = $1", agent_id):
        raise Invalid("agent", f"there is no agent {agent_id}")


def _must_be(found: object, agent_id: int, name: str) -> None:
    if found is None:
        raise Invalid("name", f"agent {agent_id} has no feed {name[:_LONGEST_NAME]!r}")
