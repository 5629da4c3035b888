"""Jobs that take turns: no two at once, each gets its turn, a defect stops nobody."""

import asyncio

from pitboss.engine.jobs import Job, keep_at, one_at_a_time

JOBS = ("relay", "reports", "broken", "figures")


async def test_no_two_turns_overlap_and_each_job_gets_its_own() -> None:
    under_way: list[str] = []
    turns = dict.fromkeys(JOBS, 0)
    stop = asyncio.Event()

    def job(name: str) -> Job:
        async def turn() -> bool:
            assert not under_way, f"{name} began while {under_way} was at it"
            under_way.append(name)
            await asyncio.sleep(0)
            under_way.remove(name)
            turns[name] += 1
            if turns["relay"] >= 5 and turns["reports"] >= 5 and turns["figures"] >= 5:
                stop.set()
            if name == "broken":
                raise ValueError("a defect")
            return True

        return Job(name, turn, idle_seconds=0.001)

    async with asyncio.timeout(20):
        await asyncio.gather(*(keep_at(each, stop) for each in one_at_a_time(map(job, JOBS))))
    assert turns["broken"] == 1
    assert min(turns[name] for name in JOBS if name != "broken") >= 5
