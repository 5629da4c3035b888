"""Live rounds: the player's action counts from the moment it has arrived, and a round that nobody ends, ends on time.

What a round pays depends on when the player acted, so two things must not happen: that an action which arrived in time
is overtaken by the clock while it waits for the database, and that a request which is not whole yet keeps its place in
time. An action's time is therefore taken when all of its request is here, and the clock waits for the actions that
arrived before it.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from pitboss_studio.clock import steady_ms
from pitboss_studio.games.game import Game, LiveRules, Stake
from pitboss_studio.rounds.push import Broadcaster
from pitboss_studio.storage import live, rounds
from pitboss_studio.storage.database import Database
from pitboss_studio.storage.rounds import Round

Close = Callable[[sqlite3.Connection, Round], None]
"""Owes or pays a round's win, in the transaction that is open."""


class TooEarly(Exception):
    """The round runs, and the action is not possible yet."""


class LiveRounds:
    """Decides live rounds, each once: by the player's action or by the clock, whichever comes first."""

    def __init__(self, database: Database, push: Broadcaster, games: Mapping[int, Game], close: Close) -> None:
        self._database = database
        self._push = push
        self._games = games
        self._close = close
        self._arrived: dict[int, set[asyncio.Future[None]]] = {}
        self._timers: set[asyncio.Task[None]] = set()

    @contextmanager
    def arrival(self, round_id: int) -> Iterator[int]:
        """An action on this round is here, whole: gives its time (`steady_ms`). The clock waits until this is left."""
        decided: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrived.setdefault(round_id, set()).add(decided)
        try:
            yield steady_ms()
        finally:
            decided.set_result(None)
            self._arrived[round_id].discard(decided)
            if not self._arrived[round_id]:
                del self._arrived[round_id]

    def prepare(self, db: sqlite3.Connection, round_: Round, stake: Stake, secret: dict[str, object]) -> None:
        """Keep what was drawn for a new round, with the time it takes."""
        live.insert(db, round_.id, secret, self._rules(round_).lasts(stake, secret))

    def decide(self, db: sqlite3.Connection, round_id: int, at: int, action: str | None) -> bool:
        """End the round if it is over at this time, or by this action; whether it is over now.

        Raises TooEarly when an action cannot be followed yet, BadStake when there is no such action.
        """
        round_, known = rounds.load_round(db, round_id), live.find(db, round_id)
        if round_.state != "bet_ok" or known is None or known.started_at is None:
            return round_.state != "bet_sent"
        stake = Stake(round_.stake, round_.selection)
        elapsed = max(0, at - known.started_at)
        last = self._rules(round_).decide(stake, known.secret, elapsed, action)
        if last is None:
            if action is not None:
                raise TooEarly
            return False
        rounds.decide(db, round_id, last)
        self._close(db, rounds.load_round(db, round_id))
        return True

    async def expire(self, round_id: int) -> bool:
        """What the clock does: end the round if its time is up; whether it is over."""
        if waiting := self._arrived.get(round_id):
            await asyncio.wait(set(waiting))
        return await self._database.run(lambda db: self.decide(db, round_id, steady_ms(), None))

    def tell(self, round_: Round) -> None:
        """Let open pages look at the round again."""
        self._push.publish(round_.player_id, "round", {"id": str(round_.id), "state": round_.state})

    async def watch(self, round_id: int, ended: Callable[[int], Awaitable[None]]) -> None:
        """Wake up when the round's time is up, and hand it to `ended`. Recovery sees to those without such a watch."""
        known = await self._database.run(lambda db: live.find(db, round_id))
        if known is None or known.ends_at is None:
            return
        timer = asyncio.create_task(self._wait(known.ends_at, round_id, ended))
        self._timers.add(timer)
        timer.add_done_callback(self._timers.discard)

    async def _wait(self, ends_at: int, round_id: int, ended: Callable[[int], Awaitable[None]]) -> None:
        # A timer may fire a little early; the round is then found not to be over, and recovery ends it.
        await asyncio.sleep((max(0, ends_at - steady_ms()) + 1) / 1000)
        await ended(round_id)

    def stop(self) -> None:
        """Forget the watches: the next process finds the rounds."""
        for timer in self._timers:
            timer.cancel()

    def _rules(self, round_: Round) -> LiveRules:
        game = self._games[round_.game_id]
        assert isinstance(game, LiveRules)
        return game
