"""Batches that wait at the same time are stored together, and each is answered for itself."""

import asyncio

from agent_stage import Stage
from event_producer import Producer, bet, deposit, win

TAKEN_ID, REPEATED_ID = "taken", "repeated"


async def test_each_of_several_batches_is_told_its_own(stage: Stage, one: Producer) -> None:
    await one.must(bet(TAKEN_ID, 7), bet(REPEATED_ID))
    agent = await stage.owner.fetchval("SELECT agent_id FROM event_head")
    batches = [
        # New, a repeat and a conflict; a place in the batch that is not the place in the transaction.
        [bet(f"a{n}", player_id=f"p{n}"), bet(REPEATED_ID), bet(TAKEN_ID, 8), deposit(f"d{n}", 3, player_id=f"p{n}")]
        for n in range(8)
    ]
    # Said by several batches at once: one of them has it, for the others it is a repeat or a conflict.
    batches += [[win("shared", 5), bet(f"b{n}", 2)] for n in range(4)] + [
        [bet(f"c{n}", 2), win("shared", 6)] for n in range(4)
    ]
    held = stage.owner.transaction()
    await held.start()
    await stage.owner.execute("SELECT last_seq FROM event_head WHERE agent_id = $1 FOR UPDATE", agent)
    calls = [asyncio.create_task(one.lenient(*batch)) for batch in batches]
    async with asyncio.timeout(20):
        while await stage.waiting() < 1:
            await asyncio.sleep(0.01)
    # By now all the others are in line behind those that found the head held.
    await asyncio.gather(*(one.http.get("/health") for _ in range(20)))
    await held.rollback()
    told = await asyncio.gather(*calls)

    for n, (status, answer) in enumerate(told[:8]):
        assert (status, answer["accepted"], answer["duplicates"]) == (207, 2, 1), n
        assert [(item["index"], item["unique_id"]) for item in answer["rejected"]] == [(2, TAKEN_ID)]
    of_shared = [answer for _, answer in told[8:]]
    # Each has its own bet; the shared win is one batch's, and who said the same of it repeats while others contradict.
    assert sum(answer["accepted"] for answer in of_shared) == 8 + 1
    won = await stage.owner.fetchval("SELECT amount FROM event WHERE unique_id = 'shared'")
    same, differ = (told[8:12], told[12:]) if won == 5 else (told[12:], told[8:12])
    assert sum(answer["duplicates"] for _, answer in same) == 3
    assert all([item["unique_id"] for item in answer["rejected"]] == ["shared"] for _, answer in differ)
    assert await stage.owner.fetchval("SELECT count(*) FROM event") == 2 + 16 + 8 + 1
    assert await stage.owner.fetchval("SELECT sum(turnover) FROM event_player_figure") == 7 + 10 + 80 + 16
    assert await stage.owner.fetchval("SELECT sum(deposited) FROM event_player_figure") == 24
    # A transaction's keys have one time of receipt.
    assert await stage.owner.fetchval("SELECT count(DISTINCT received_at) FROM event_key") <= 1 + len(batches) / 2
