"""Work that is done turn by turn behind the requests, in any number of processes, until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

import structlog

from pitboss.storage.database import DATABASE_ERRORS

log = structlog.get_logger()

IDLE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_REST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Job:
    """`turn` does what there is to do now, within a bound, and says whether there may be more at once."""

    name: str
    turn: Callable[[], Awaitable[bool]]
    idle_seconds: float = IDLE_SECONDS


def one_at_a_time(jobs: Iterable[Job]) -> list[Job]:
    """The same jobs, none of whose turns overlap, with a rest after each as long as it took: what they are behind with can wait,
    and the requests' processes need the processors, to catch up themselves with what came during a turn."""
    turnstile = asyncio.Lock()
    clock = asyncio.get_running_loop().time

    def alone(turn: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
        async def taken() -> bool:
            async with turnstile:
                began = clock()
                more = await turn()
                await asyncio.sleep(min(clock() - began, LONGEST_REST_SECONDS))
                return more

        return taken

    return [replace(job, turn=alone(job.turn)) for job in jobs]


async def keep_at(job: Job, stop: asyncio.Event) -> None:
    """Turn after turn until `stop` is set; a database that is away is waited for, and a defect is logged: it stops no other job."""
    pause_seconds = job.idle_seconds
    while not stop.is_set():
        try:
            more = await job.turn()
            pause_seconds = 0 if more else job.idle_seconds
        except DATABASE_ERRORS as error:
            log.warning(f"{job.name}_failed", error=type(error).__name__)
            pause_seconds = min(max(2 * pause_seconds, IDLE_SECONDS), LONGEST_PAUSE_SECONDS)
        except Exception as error:
            log.exception(f"{job.name}_broken", error=type(error).__name__)
            pause_seconds = LONGEST_PAUSE_SECONDS
        try:
            await asyncio.wait_for(stop.wait(), pause_seconds)
        except TimeoutError:
            continue
