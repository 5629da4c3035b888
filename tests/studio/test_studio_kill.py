"""SIGKILL of the studio, anywhere: the next process leaves no round unpaid or unexplained."""

import contextlib
import random
import threading
import time
from collections import Counter

import httpx
import pytest
from operator_peer import Fault, Operator
from studio_process import Player, StudioProcess, eventually, killed_at, reconcile

MOMENTS = [
    ("BET", "before", "canceled"),
    ("BET", "after", "canceled"),
    ("WIN", "before", "settled"),
    ("WIN", "after", "settled"),
    ("cancel", "before", "canceled"),
    ("cancel", "after", "canceled"),
]


@pytest.mark.parametrize(("kind", "moment", "ends"), MOMENTS, ids=lambda value: str(value))
@pytest.mark.parametrize("free_spins", [False, True], ids=["plain", "free-spins"])
def test_killed_with_a_call_under_way(
    studio: StudioProcess, operator: Operator, kind: str, moment: str, ends: str, free_spins: bool
) -> None:
    player = Player(studio)
    if free_spins:
        player.arrange_free_spins()
    killed = killed_at(studio, operator, kind, moment)
    with contextlib.suppress(httpx.HTTPError):
        player.play("2")
    assert killed.is_set()
    operator.fault = lambda kind, data: None
    studio.stop()
    studio.start()
    player.settle()
    assert reconcile(player, operator) == {ends: 1}
    player.launch()
    assert player.play("2")["round"]["state"] == "settled"


def test_killed_again_and_again_under_load(studio: StudioProcess, operator: Operator) -> None:
    chance = random.Random(7)
    faults = [None] * 12 + [Fault.DROP_AFTER, Fault.DROP_BEFORE, Fault.OP_47_AFTER, Fault.WRONG_HASH]
    operator.fault = lambda kind, _: chance.choice(faults) if kind in ("BET", "WIN", "cancel") else None
    stop = threading.Event()
    players = [Player(studio) for _ in range(4)]

    def keep_playing(player: Player) -> None:
        while not stop.is_set():
            try:
                if not finish(player):
                    player.play("0.2")
            except (httpx.HTTPError, AssertionError, KeyError):
                stop.wait(0.05)  # the studio is down; leave the processor to its successor

    threads = [threading.Thread(target=keep_playing, args=(player,)) for player in players]
    for thread in threads:
        thread.start()
    try:
        for _ in range(8):
            goal = len(operator.seen) + chance.randint(5, 60)
            eventually(lambda goal=goal: len(operator.seen) >= goal, "play goes on")
            time.sleep(chance.uniform(0, 0.05))  # where in a round the kill falls, not something that is waited for
            studio.kill()
            studio.start()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    operator.fault = lambda kind, data: None
    for player in players:
        player.launch()
        eventually(lambda player=player: not finish(player), "the player's open round ends")
        player.settle()
    counts = Counter[str]()
    for player in players:
        counts.update(reconcile(player, operator))
    assert counts["settled"] > 10, counts
    assert counts["canceled"] > 0, "no kill or fault fell on a bet; the test shows nothing"


def finish(player: Player) -> bool:
    """Play what is open to its end; whether something still is."""
    round_ = player.get("state")["round"]
    while round_ and round_["more"]:
        round_ = player.step(round_)["round"]
    return bool(round_ and round_["open"])
