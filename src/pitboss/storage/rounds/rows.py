"""Rounds as a person looks at them: one line each, by their keys."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pitboss.storage import statements
from pitboss.storage.database import Connection
from pitboss.storage.rounds.places import FIRST_ID, time_of


class RoundState(StrEnum):
    """How a round stands, derived from its sums; whether an outcome is unknown is told beside it.

    `nothing`: no message stood, or what was paid was taken back; `returned`: all stakes were given back or undone, and nothing was
    won; `finished`: its studio said so, or a later look closed it; `open`: all else."""

    OPEN = "open"
    FINISHED = "finished"
    RETURNED = "returned"
    NOTHING = "nothing"


class RoundKey(NamedTuple):
    """One player's part of a studio's round. `lead`: a message of it, whose id tells when it arrived;
    None where none was looked for. `game_id`: that message's.
    `round_id` is None for a message that names no round (a cancel of what never came need not)."""

    provider_id: int
    wallet_id: int
    round_id: str | None
    lead: uuid.UUID | None
    game_id: int | None


class RoundRow(NamedTuple):
    """A line of a list of rounds. Amounts are minor units of `currency`, real and bonus money together; those of a round that never
    opened are 0, and its `number` (the hub's id of it towards operators) is None. `unknown`: of some message nobody knows yet
    whether it stands with the operator. `in_bonus`: free stakes or bonus money played in it. Times are UTC."""

    provider_id: int
    wallet_id: int
    round_id: str | None
    lead: uuid.UUID | None
    number: int | None
    game_id: int | None
    staked: int
    returned: int
    won: int
    finished: bool
    bets: int
    opened_at: datetime
    changed_at: datetime
    user_in_game: str
    currency: str
    player_id: str
    username: str
    unknown: bool
    in_bonus: bool

    @property
    def state(self) -> RoundState:
        """See RoundState."""
        if self.staked > 0 and self.returned == self.staked and self.won == 0:
            return RoundState.RETURNED
        if self.finished:
            return RoundState.FINISHED
        return RoundState.OPEN if self.bets or self.won else RoundState.NOTHING


async def read_rows(conn: Connection, agent_id: int, keys: Sequence[RoundKey]) -> list[RoundRow]:
    """What there is to say of these rounds, in their order. Needs a transaction of the tenant."""
    if not keys:
        return []
    rows = await conn.fetch(statements.sql("rounds/rows"), agent_id, *map(list, zip(*keys, strict=True)))
    return [_row(tuple(row)) for row in rows]


def _row(row: tuple[object, ...]) -> RoundRow:
    found = RoundRow(*row)  # type: ignore[arg-type]
    if found.number is not None:
        return found
    arrived = time_of(found.lead or FIRST_ID)
    return found._replace(staked=0, returned=0, won=0, finished=False, bets=0, opened_at=arrived, changed_at=arrived)
